/**
 * What a page and its kernel on the hub say to each other: JSON over a WebSocket, with the names of Jupyter's
 * messages. Events carry a number (`seq`), so that a page that was away is told what it missed, once.
 */
import type { MimeBundle, Output, Transient } from "./kernel";

/** What a page asks. Positions are in characters, not in UTF-16 units. */
export type ToKernel =
  | { type: "execute_request"; id: string; cell: string; code: string }
  | { type: "complete_request" | "inspect_request"; id: string; code: string; cursor_pos: number }
  | { type: "input_reply"; number: number; value: string | null }
  | { type: "interrupt_request" | "restart_request" | "ping" };

export type HubState = "starting" | "idle" | "busy" | "dead";

/** Why a kernel is over; `memory` and `ended` also say why a dead one died. */
export type HubReason = "full" | "memory" | "idle" | "ended" | "failed" | "";

interface OfCell {
  seq: number;
  id: string;
  cell: string;
}

interface Shown {
  data: MimeBundle;
  metadata: Record<string, unknown>;
  transient?: Transient;
}

/** An event of one execution. */
export type CellEvent = OfCell &
  (
    | { type: "execute_queued" }
    | { type: "execute_input" }
    | { type: "stream"; name: "stdout" | "stderr"; text: string }
    | ({ type: "display_data" } & Shown)
    | ({ type: "execute_result"; execution_count: number | null } & Shown)
    | ({ type: "update_display_data" } & Shown)
    | { type: "clear_output"; wait: boolean }
    | { type: "error"; ename: string; evalue: string; traceback: string[] }
    | { type: "input_request"; number: number; prompt: string; password: boolean }
    | { type: "execute_reply"; status: "ok" | "error" | "aborted"; execution_count?: number | null; seconds: number }
  );

export type FromKernel =
  | CellEvent
  | { type: "status"; seq: number; execution_state: HubState; reason: HubReason }
  | { type: "input_done"; seq: number; number: number }
  | {
      type: "kernel_info";
      session: string;
      execution_state: HubState;
      reason: HubReason;
      /** False where some of what the page missed is no longer known. */
      complete: boolean;
      /** By id of those that the kernel knows: whether it is over. */
      executions: Record<string, boolean>;
    }
  | { type: "caught_up"; seq: number }
  | { type: "limits"; memory_bytes: number; idle_seconds: number }
  | { type: "usage"; memory_bytes: number }
  | { type: "queue"; position: number }
  | { type: "complete_reply"; id: string; status: string; matches?: { text: string; type: string }[]; cursor_start?: number; cursor_end?: number }
  | { type: "inspect_reply"; id: string; status: string; found?: boolean; text?: string }
  | { type: "ended"; reason: HubReason }
  | { type: "pong" };

/** What a cell shows, as a notebook keeps it. */
export function displayOf(event: Extract<CellEvent, { type: "display_data" | "execute_result" }>): Output {
  const { data, metadata, transient } = event;
  const shown = { data, metadata, ...(transient === undefined ? {} : { transient }) };
  if (event.type === "display_data") return { output_type: "display_data", ...shown };
  return { output_type: "execute_result", execution_count: event.execution_count, ...shown };
}
