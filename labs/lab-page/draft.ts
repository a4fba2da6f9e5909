/**
 * What the lab page asks of the keeper of its notebook: nothing is lost, and two windows never undo each other.
 *
 * `draft_keeper.ts` implements it: it saves to the server when there is a link, keeps what is unsent in the
 * browser under the learner's own key (`local_store.ts`), and joins what was changed elsewhere (`merge.ts`).
 */
import type { CheckResult } from "./check_plan";
import type { Notebook } from "./notebook";

/**
 * `saved` on the server; `changed`, a save follows; `saving`; `kept`: in this browser only, sent when the link
 * is back; `unkept`: nowhere but in this window, because this browser lets nothing be kept; `merge`: somebody
 * must choose; `refused`: the server will not take it, and `detail` says why.
 */
export type DraftState = "saved" | "changed" | "saving" | "kept" | "unkept" | "merge" | "refused";

export interface DraftStatus {
  state: DraftState;
  /** When the server last took a version, or null. */
  savedAt: Date | null;
  detail: string;
  /** Refused for its size: a smaller notebook would be taken. */
  tooLarge: boolean;
}

/** A cell that was changed here and elsewhere; `null` where one side deleted it. */
export interface Conflict {
  cellId: string;
  here: string | null;
  there: string | null;
}

/** A version on the server; `size` in bytes. */
export interface Version {
  version: number;
  savedAt: Date;
  size: number;
}

export interface DraftListener {
  status(status: DraftStatus): void;
  /** Another version is about to be joined: hand over what was typed since the last `changed`. */
  joining(): void;
  /** The notebook was joined with one saved elsewhere; what both changed waits for a choice. */
  joined(notebook: Notebook, conflicts: Conflict[]): void;
}

export interface Draft {
  /** The notebook as it was opened: this browser's unsent work where there is some, else the server's. */
  readonly notebook: Notebook;
  readonly conflicts: Conflict[];
  /** What the last checks said, by question, as this browser kept it. */
  readonly checks: Record<string, CheckResult>;
  listen(listener: DraftListener): void;
  /** The notebook is now this; it is kept at once and sent soon. */
  changed(notebook: Notebook): void;
  /** The checks said this; it is kept in this browser alone. */
  checked(checks: Record<string, CheckResult>): void;
  /** Send what waits now; resolves when the server has it, rejects with a reason when it cannot. */
  flush(): Promise<void>;
  /** The choices of the last `joined`: by cell id, which side stays; what goes becomes a version of its own. */
  choose(choices: Record<string, "here" | "there" | "both">): void;
  /** Earlier versions on the server, newest first. */
  versions(): Promise<Version[]>;
  /** An earlier version, or the notebook as it was given out. */
  read(version: number | "original"): Promise<Notebook>;
  /** Bring back an earlier version, or the notebook as it was given out; the present one stays among the versions. */
  restore(version: number | "original"): Promise<Notebook>;
  close(): void;
}
