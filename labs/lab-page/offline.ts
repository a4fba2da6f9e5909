/** The lab page's side of working without a link: the service worker, what it holds, and what it is told. */
import type { Answer } from "./draft_server";
import type { LabData } from "./lab_data";

const SERVICE_WORKER = "/service-worker.js";
export const SYNC_TAG = "darsgah-drafts";
/** Whose a page is that comes from the server; one that this browser kept does not say it. */
export const ACCOUNT_HEADER = "Darsgah-Account";
export const NOBODY = "none";
/** On which `app.js` tells this browser's other windows of a sign-in or sign-out, with the service worker or without. */
const OWNERS = "darsgah-owner";

/** What pages tell the service worker. */
export type ToServiceWorker = { kind: "hold"; addresses: string[] } | { kind: "page"; address: string };
/** Who is signed in now; after a sign-out an account that there is not, and null where the server must be asked. */
export interface OwnerMessage {
  kind: "owner";
  account: string | null;
}

interface SyncRegistration extends ServiceWorkerRegistration {
  sync?: { register(tag: string): Promise<void> };
}

/** Let the service worker serve this page, its files and the lab's data when the link is gone. */
export function serveOffline(data: LabData): void {
  const container = navigator.serviceWorker;
  if (!container) return;
  container.register(SERVICE_WORKER, { scope: "/", updateViaCache: "none" }).catch(() => undefined);
  const files = data.kernel.files.map(({ url }) => new URL(url, location.href).href);
  const pages = [location.href, data.assignment.course, data.assignment.page, "/today"];
  for (const page of pages) tell(() => ({ kind: "page", address: new URL(page, location.href).href }));
  tell(() => ({ kind: "hold", addresses: [...loaded(), ...files] }));
}

/** Let the service worker hold files that this page fetched. */
export function holdOffline(addresses: string[]): void {
  tell(() => ({ kind: "hold", addresses }));
}

/** Let unsent work be sent when the link is back, even with this page closed, where the browser can do that. */
export function sendWhenLinked(): void {
  const container = navigator.serviceWorker;
  if (!container?.controller) return;
  void container.ready
    .then((registration) => (registration as SyncRegistration).sync?.register(SYNC_TAG))
    .catch(() => undefined);
}

export interface OwnerListener {
  /** The account's learner is here, as far as is known: what waits can be sent. */
  back(): void;
  /** The learner left, or somebody else came: nothing of theirs may stay on the screen. */
  gone(): void;
}

/** Call when somebody signs in or out in another window of this browser. */
export function onOwner(account: string, listener: OwnerListener, signal: AbortSignal): void {
  const hear = async ({ data }: MessageEvent<OwnerMessage>): Promise<void> => {
    if (data.account !== null && data.account !== account) return listener.gone();
    listener.back();
    if (data.account !== null) return;
    const fresh = await freshToken(account);
    if (fresh.kind === "refused" && fresh.reason === "account") listener.gone();
  };
  const told = (event: Event): void => void hear(event as MessageEvent<OwnerMessage>);
  navigator.serviceWorker?.addEventListener("message", told, { signal });
  if (typeof BroadcastChannel === "undefined") return;
  const windows = new BroadcastChannel(OWNERS);
  windows.addEventListener("message", told);
  signal.addEventListener("abort", () => windows.close());
}

/** The token of a page loaded anew; `lost` where the server said nothing, `refused` where it is for somebody else. */
export type FreshToken = { kind: "token"; token: string } | Extract<Answer, { kind: "lost" | "refused" }>;

export async function freshToken(account: string): Promise<FreshToken> {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  const owner = answer?.headers.get(ACCOUNT_HEADER);
  if (!answer || !owner || answer.status >= 500 || answer.status === 429) return { kind: "lost" };
  if (owner !== account) return { kind: "refused", reason: owner === NOBODY ? "session" : "account", detail: "" };
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const text = page.getElementById("lab-data")?.textContent;
  if (!text) return { kind: "refused", reason: "place", detail: "" };
  return { kind: "token", token: (JSON.parse(text) as LabData).csrfToken };
}

/** What this page has loaded so far, from a worker that was not there yet to see it. */
function loaded(): string[] {
  return performance.getEntriesByType("resource").map(({ name }) => name).filter((address) => address.startsWith(location.origin));
}

function tell(message: () => ToServiceWorker): void {
  const container = navigator.serviceWorker;
  void container?.ready.then((registration) => registration.active?.postMessage(message()));
}
