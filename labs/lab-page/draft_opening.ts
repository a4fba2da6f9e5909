/** Where a learner's work on a notebook begins: what the server has, joined with what this browser kept. */
import type { CheckResult } from "./check_plan";
import type { Conflict } from "./draft";
import { readDraft, type Answer } from "./draft_server";
import type { DraftRecord, LocalStore } from "./local_store";
import { mergeNotebooks } from "./merge";
import type { Notebook } from "./notebook";
import { readNotebook, writeNotebook } from "./notebook_format";
import { whyNot } from "./why_not";
import type { Words } from "./words";

/** Where a draft is kept: its addresses at the server, this window's name, and the browser's store. */
export interface Place {
  draftUrl: string;
  originalUrl: string;
  client: string;
  store: LocalStore | null;
}

export interface Opened {
  /** The server's version that everything here began from. */
  version: number;
  base: Notebook;
  here: Notebook;
  conflicts: Conflict[];
  /** As in a `DraftRecord`. */
  asides: string[];
  unsent: boolean;
  savedAt: string | null;
  checks: Record<string, CheckResult>;
  /** Records of closed windows whose work is in `here` now. */
  taken: DraftRecord[];
}

/**
 * Join the server's notebook with the records of this browser.
 *
 * @param answer the server's; without a notebook the newest base among the records stands for it
 * @param open windows that still are open send their own work; their records are only read without a link
 * @returns null when neither has the notebook
 */
export function joinRecords(answer: Answer, records: DraftRecord[], open: Set<string>): Opened | null {
  const byAge = records.toSorted((one, other) => one.version - other.version);
  const newest = byAge.at(-1);
  const online = answer.kind === "ok";
  const start = online
    ? { version: answer.version, text: answer.text, savedAt: answer.savedAt }
    : newest && { version: newest.version, text: newest.base, savedAt: newest.savedAt };
  if (!start) return null;
  const base = readNotebook(start.text);
  const unsent = records.filter((record) => record.unsent && (!online || !open.has(record.client)));
  let here = base;
  const conflicts = new Map<string, Conflict>();
  const asides: string[] = [];
  for (const record of unsent) {
    const began = readNotebook(record.base);
    const merged = mergeNotebooks(began, readNotebook(record.here), here);
    here = merged.notebook;
    for (const conflict of [...record.conflicts, ...merged.conflicts]) conflicts.set(conflict.cellId, conflict);
    for (const aside of record.asides) asides.push(writeNotebook(mergeNotebooks(began, readNotebook(aside), base).notebook));
  }
  const cells = new Set(here.cells.map((cell) => cell.id));
  return {
    version: start.version,
    base,
    here,
    conflicts: [...conflicts.values()].filter(({ cellId }) => cells.has(cellId)),
    asides,
    unsent: unsent.length > 0,
    savedAt: start.savedAt,
    checks: Object.assign({}, ...byAge.map(({ checks }) => checks)) as Record<string, CheckResult>,
    taken: unsent.filter((record) => !open.has(record.client)),
  };
}

/** Let go of other windows' records, whose work this one has kept. */
export async function letGo(records: DraftRecord[], { client, store }: Place): Promise<void> {
  const others = records.filter((record) => record.client !== client);
  await Promise.all(others.map((record) => store?.remove(record)));
}

/**
 * An earlier version, or the notebook as it was given out.
 *
 * @throws Error with words for the learner
 */
export async function readVersion(place: Place, version: number | "original", account: string, words: Words): Promise<Notebook> {
  const address = version === "original" ? place.originalUrl : `${place.draftUrl}/versions/${version}`;
  const answer = await readDraft(address, account);
  if (answer.kind !== "ok") throw new Error(whyNot(answer, words));
  return readNotebook(answer.text);
}
