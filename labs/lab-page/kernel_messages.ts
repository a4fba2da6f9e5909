/** What the page and the worker with the browser's Python say to each other. */
import type { KernelTrouble, MimeBundle, Output, Progress } from "./kernel";

/** Places in the shared control block, in 32-bit words. */
export const SIGNAL = 0;
export const ANSWER = 1;
export const ANSWER_LENGTH = 2;
/** Bytes before the answer's text. */
export const CONTROL_BYTES = 16;
export const ANSWER_BYTES = 65_536;
/** The signal's number for an interrupt, as Pyodide reads it. */
export const INTERRUPT = 2;
export const ANSWERED = 1;
export const GIVEN_UP = 2;

export interface Start {
  kind: "start";
  runtimeUrl: string;
  files: { path: string; url: string }[];
  memoryBytes: number;
  /** Memory that both sides see, where the page is cross-origin isolated: signal and answers. */
  control: SharedArrayBuffer | null;
}

export type ToWorker =
  | Start
  | { kind: "run"; source: string; count: number }
  | { kind: "stop" }
  | { kind: "complete"; id: number; prefix: string }
  | { kind: "inspect"; id: number; source: string; cursor: number };

export type FromWorker =
  | { kind: "progress"; progress: Progress }
  /** `addresses`: the files that were fetched for it. */
  | { kind: "ready"; version: string; addresses: string[] }
  | { kind: "failed"; trouble: KernelTrouble }
  | { kind: "shown"; shown: Shown }
  | { kind: "ask"; prompt: string; password: boolean }
  | { kind: "done"; status: "ok" | "error"; seconds: number; memoryBytes: number }
  | { kind: "answer"; id: number; value: string | null };

/** What a running cell shows, as the Python side says it (`lab_shell/outputs.py`). */
export type Shown =
  | { kind: "output"; output: Output }
  | { kind: "clear"; wait: boolean }
  | { kind: "update"; display_id: string; data: MimeBundle; metadata: Record<string, unknown> };
