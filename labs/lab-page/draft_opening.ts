/** Where a learner's work on a notebook begins: what the server has, joined with what this browser kept. */
import type { Conflict } from "./draft";
import type { Answer } from "./draft_server";
import type { DraftRecord, LocalStore } from "./local_store";
import { mergeNotebooks } from "./merge";
import type { Notebook } from "./notebook";
import { readNotebook, writeNotebook } from "./notebook_format";

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
  const newest = records.toSorted((one, other) => other.version - one.version)[0];
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
    taken: unsent.filter((record) => !open.has(record.client)),
  };
}
