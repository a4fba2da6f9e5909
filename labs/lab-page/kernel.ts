/**
 * What the lab page asks of a kernel, wherever it runs.
 *
 * Two implement it: `browser_kernel.ts` (Pyodide in a worker of this page) and `hub_kernel.ts` (a process on
 * the hub, over a WebSocket). Outputs are nbformat v4 outputs, so that the page shows and saves what comes as
 * it is.
 */

/** An output of a code cell as nbformat v4 has it. */
export type Output =
  | { output_type: "stream"; name: "stdout" | "stderr"; text: string }
  | { output_type: "display_data"; data: MimeBundle; metadata: Record<string, unknown>; transient?: Transient }
  | {
      output_type: "execute_result";
      execution_count: number | null;
      data: MimeBundle;
      metadata: Record<string, unknown>;
      transient?: Transient;
    }
  | { output_type: "error"; ename: string; evalue: string; traceback: string[] };

/** What Jupyter sends beside a display and no notebook keeps: the name by which it is updated. */
export interface Transient {
  display_id?: string;
}

/** Representations of one value by media type; text is one string, images are base64. */
export type MimeBundle = Record<string, string>;

/**
 * `absent`: not started; `starting`; `idle`; `busy`; `away`: the link to it is gone, and it goes on alone;
 * `dead`: it ended, and a restart begins anew.
 */
export type KernelState = "absent" | "starting" | "idle" | "busy" | "away" | "dead";

/** What is known of a start under way. `total` is 0 where nobody knows the size. */
export interface Progress {
  stage: "download" | "start" | "queue";
  loaded: number;
  total: number;
}

/** Why a kernel cannot be had, or ended; `code` picks the page's words. */
export interface KernelTrouble {
  code: "offline" | "unsupported" | "full" | "memory" | "idle" | "ended" | "windows" | "forbidden" | "host" | "failed";
  detail: string;
}

/**
 * `lost`: some of what the cell showed while the page was away was not kept; `too_long`: its code is, to be run;
 * `forced`: it did not stop, and Python was started anew.
 */
export type KernelNote = "lost" | "too_long" | "forced";

/** Where one execution's outputs go, in order. */
export interface Receiver {
  output(output: Output): void;
  /** Every display of that name, in whichever cell, now shows this. */
  update(displayId: string, data: MimeBundle, metadata: Record<string, unknown>): void;
  /** Drop the outputs so far; with `wait`, when the next one comes. */
  clear(wait: boolean): void;
  /** Ask the learner for a line; `null` when they gave up, which interrupts the cell. */
  input(prompt: string, password: boolean): Promise<string | null>;
  /** The cell's turn has come. */
  started(): void;
  /** Say in the outputs, in the learner's language, what is no output of the program's. */
  note(note: KernelNote): void;
}

export interface Execution {
  status: "ok" | "error" | "aborted";
  executionCount: number | null;
  seconds: number;
}

export interface Completion {
  matches: { text: string; type: string }[];
  /** The stretch of the source that a match replaces, in UTF-16 units. */
  from: number;
  to: number;
}

/** What a session of the kernel may use; sizes in bytes, `null` where nothing limits it. */
export interface KernelLimits {
  memoryBytes: number | null;
  memoryUsedBytes: number | null;
  idleSeconds: number | null;
}

export interface KernelListener {
  state(state: KernelState, trouble: KernelTrouble | null): void;
  progress(progress: Progress): void;
  limits(limits: KernelLimits): void;
}

export interface Kernel {
  readonly state: KernelState;
  readonly place: "browser" | "hub";
  /** Python's, for example "3.14"; empty where it is not known. */
  readonly version: string;
  /** Can stop a running cell without losing the values; otherwise the page says that it restarts. */
  readonly interruptible: boolean;
  listen(listener: KernelListener): void;
  /** Start it, or connect again to one that runs; returns when it is idle or cannot be had (see state). */
  start(): Promise<void>;
  /** Run a cell after those asked for before it; an error of a cell aborts those that wait. Never rejects. */
  execute(cellId: string, source: string, receiver: Receiver): Promise<Execution>;
  /** Stop the running cell and abort those that wait. */
  interrupt(): Promise<void>;
  /** Forget every value; cells that run or wait are aborted. */
  restart(): Promise<void>;
  complete(source: string, cursor: number): Promise<Completion>;
  /** Plain text about the name at the cursor, or null. */
  inspect(source: string, cursor: number): Promise<string | null>;
  /**
   * Executions that went on while this page was away: the cell's id, and a call that receives the rest. From now
   * on a kernel that already runs is joined; none is started.
   */
  resumed(take: (cellId: string) => Receiver | null): void;
  /** Let go of it: the browser's ends, a hub's stays until it is culled. */
  close(): void;
}

/** What a kernel needs to know of the lab; part of the page's data (see `lab_data.ts`). */
export interface KernelSetup {
  runtime: "browser" | "hub" | "gpu";
  assignmentId: string;
  notebook: string;
  /** Data files of the lab: the path a notebook reads and where it is fetched. */
  files: { path: string; url: string; size: number }[];
  /** What the lab's Python may use. */
  memoryBytes: number;
  /** Address of the folder of the browser's Python, with a slash at its end. */
  runtimeUrl: string;
  workerUrl: string;
}
