/** The server's side of a draft: reading and saving versions of a notebook, and what each refusal means. */
import type { Version } from "./draft";

/** What came of asking the server. `lost`: no answer, or one that means "later". */
export type Answer =
  | { kind: "ok"; version: number; savedAt: string | null; text: string }
  | { kind: "changed"; version: number }
  | { kind: "lost" }
  | { kind: "token" }
  | { kind: "refused"; reason: "session" | "place" | "account" | "size" | "content"; detail: string };

interface VersionEntry {
  version: number;
  saved_at: string;
  size: number;
}

interface Problem {
  code?: string;
  detail?: string;
  version?: number;
}

/** Names the account that the work belongs to: another one's session must not save it. */
const ACCOUNT = "X-Account";
const LATER = new Set([408, 425, 429]);
/** Milliseconds after which a link that says nothing counts as gone; a large notebook goes out slowly. */
const READING = 30_000;
const SAVING = 180_000;

/** Read a version of a notebook; the newest at the draft's own address. */
export function readDraft(address: string, account: string): Promise<Answer> {
  const signal = AbortSignal.timeout(READING);
  return ask(address, { headers: { [ACCOUNT]: account }, cache: "no-store", signal }, async (response) => ({
    kind: "ok",
    version: versionOf(response),
    savedAt: modifiedAt(response),
    text: await response.text(),
  }));
}

export interface Saving {
  draftUrl: string;
  account: string;
  client: string;
  csrfToken: string;
  version: number;
  text: string;
  /** The page is going: the browser sends on without it, if the text is short enough for that. */
  leaving: boolean;
}

/** Bytes that a browser sends on behalf of pages that are gone, all of them together. */
const LEAVING_BYTES = 60_000;

/** Save a notebook over the version that it began from. */
export function saveDraft(saving: Saving): Promise<Answer> {
  const body = new TextEncoder().encode(saving.text);
  const request: RequestInit = {
    method: "PUT",
    body,
    keepalive: saving.leaving && body.length < LEAVING_BYTES,
    signal: AbortSignal.timeout(SAVING),
    headers: {
      "Content-Type": "application/json",
      "If-Match": `"${saving.version}"`,
      "X-Client": saving.client,
      "X-CSRF-Token": saving.csrfToken,
      [ACCOUNT]: saving.account,
    },
  };
  return ask(saving.draftUrl, request, async (response) => {
    const saved = (await response.json()) as VersionEntry;
    return { kind: "ok", version: saved.version, savedAt: saved.saved_at, text: saving.text };
  });
}

/** Earlier versions, newest first. */
export async function listVersions(draftUrl: string): Promise<Version[]> {
  const response = await fetch(`${draftUrl}/versions`, { cache: "no-store" });
  if (!response.ok) throw new Error((await problemOf(response)).detail ?? response.statusText);
  const entries = (await response.json()) as VersionEntry[];
  return entries.map(({ version, saved_at, size }) => ({ version, savedAt: new Date(saved_at), size }));
}

async function ask(address: string, request: RequestInit, read: (response: Response) => Promise<Answer>): Promise<Answer> {
  try {
    const response = await fetch(address, request);
    return response.ok ? await read(response) : await refusal(response);
  } catch {
    return { kind: "lost" };
  }
}

/** What an answer that is not "ok" means. */
export async function refusal(response: Response): Promise<Answer> {
  const { code = "", detail = "", version = 0 } = await problemOf(response);
  if (response.status === 412) return { kind: "changed", version };
  if (response.status >= 500 || LATER.has(response.status)) return { kind: "lost" };
  if (code === "request_not_proven") return { kind: "token" };
  if (code === "other_account") return { kind: "refused", reason: "account", detail };
  if (response.status === 401) return { kind: "refused", reason: "session", detail };
  if (response.status === 403 || response.status === 404) return { kind: "refused", reason: "place", detail };
  return { kind: "refused", reason: response.status === 413 ? "size" : "content", detail };
}

async function problemOf(response: Response): Promise<Problem> {
  return (await response.json().catch(() => ({}))) as Problem;
}

function versionOf(response: Response): number {
  return Number(response.headers.get("ETag")?.replace(/\D/g, "") ?? 0);
}

function modifiedAt(response: Response): string | null {
  const header = response.headers.get("Last-Modified");
  return header ? new Date(header).toISOString() : null;
}
