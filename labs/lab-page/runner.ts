/** Cells run on a kernel: started when first needed, one after the other, outputs where they belong. */
import type { CodeCellView } from "./code_cell";
import { askForLine } from "./input_field";
import type { Execution, Kernel, KernelNote, MimeBundle, Output, Receiver } from "./kernel";
import { OutputList } from "./output_list";
import type { Text } from "./texts";
import type { Words } from "./words";

export interface RunnerHost {
  readonly words: Words;
  /** The code cell of that name, or null where it is gone. */
  codeCell(id: string): CodeCellView | null;
  /** A cell has other outputs now. */
  outputsChanged(): void;
  /** A cell ended with an error. */
  failed(view: CodeCellView): void;
}

const NOTES = {
  lost: "Some of what this cell showed while the link was gone was not kept. Run it again to see all of it.",
  too_long: "This cell is too long to be run.",
  forced: "The cell did not stop, so Python was started anew: every value is forgotten.",
} satisfies Record<KernelNote, Text>;
const NOT_RUN: Execution = { status: "aborted", executionCount: null, seconds: 0 };

export class Runner {
  /** What each cell last ran with since the kernel began, by its identifier; what failed is to run again. */
  readonly ran = new Map<string, string>();
  private readonly lists = new Map<string, OutputList>();
  private readonly resumed = new Set<string>();
  private running: { view: CodeCellView; begun: number; timer: number } | null = null;
  private starting: Promise<boolean> | null = null;
  private stopping = new AbortController();

  constructor(
    private readonly kernel: Kernel,
    private readonly host: RunnerHost,
  ) {
    kernel.resumed((id) => this.takeUp(id));
  }

  /** Run a cell; a kernel that is not there is started first. Never rejects. */
  async run(view: CodeCellView): Promise<Execution> {
    const { source, id } = view.cell;
    if (source.trim() === "") return { ...NOT_RUN, status: "ok" };
    view.progress({ state: "queued" });
    if (!(await this.ready())) {
      view.progress({ state: "never" });
      return NOT_RUN;
    }
    const execution = await this.kernel.execute(id, source, this.receiver(view));
    if (execution.status === "ok") this.ran.set(id, source);
    else this.ran.delete(id);
    this.finish(view, execution);
    if (execution.status === "error") this.host.failed(view);
    return execution;
  }

  /** Run what belongs to no cell; what it prints. */
  async aside(source: string): Promise<string> {
    let printed = "";
    if (!(await this.ready())) return printed;
    const nothing = () => undefined;
    const output = (one: Output) => {
      if (one.output_type === "stream") printed += one.text;
    };
    const input = () => Promise.resolve(null);
    await this.kernel.execute("", source, { started: nothing, note: nothing, clear: nothing, update: nothing, output, input });
    return printed;
  }

  /** Run cells in order; the first error stops those after it. */
  async runAll(views: CodeCellView[]): Promise<"ok" | "error" | "aborted"> {
    const outcomes = await Promise.all(views.map((view) => this.run(view)));
    return outcomes.find((one) => one.status !== "ok")?.status ?? "ok";
  }

  async stop(): Promise<void> {
    this.cancelInput();
    await this.kernel.interrupt();
  }

  async restart(): Promise<void> {
    this.cancelInput();
    this.forget();
    await this.kernel.restart();
  }

  /** Take every output away; a cell that runs goes on with what it prints from now on. */
  clearOutputs(views: CodeCellView[]): void {
    for (const view of views) {
      this.lists.get(view.cell.id)?.clear(false);
      view.show({ ...view.cell, outputs: [], execution_count: null });
    }
    this.host.outputsChanged();
  }

  /** The kernel has no values any more. */
  forget(): void {
    this.ran.clear();
  }

  /** Cells that went on while the page was away end when the kernel has nothing left to do. */
  settle(): void {
    for (const id of this.resumed) {
      const view = this.host.codeCell(id);
      if (view) this.finish(view, { status: "ok", executionCount: view.cell.execution_count ?? null, seconds: 0 });
    }
    this.resumed.clear();
  }

  private ready(): Promise<boolean> {
    const { state } = this.kernel;
    if (state === "idle" || state === "busy" || state === "away") return Promise.resolve(true);
    this.starting ??= (state === "dead" ? this.kernel.restart() : this.kernel.start()).then(
      () => this.started(),
      () => this.started(),
    );
    return this.starting;
  }

  private started(): boolean {
    this.starting = null;
    return this.kernel.state === "idle" || this.kernel.state === "busy";
  }

  private takeUp(id: string): Receiver | null {
    const view = this.host.codeCell(id);
    if (!view) return null;
    this.resumed.add(id);
    const receiver = this.receiver(view);
    receiver.started();
    return receiver;
  }

  private receiver(view: CodeCellView): Receiver {
    const { words } = this.host;
    const list = new OutputList((characters) => `\n… ${words.say("{size} more was not kept", { size: words.size(characters) })}\n`);
    const shown = () => {
      view.cell = { ...view.cell, outputs: list.all };
      view.outputs.show(view.cell.outputs ?? []);
    };
    const add = (output: Output) => {
      list.add(output);
      shown();
    };
    return {
      started: () => {
        this.lists.set(view.cell.id, list);
        shown();
        this.begin(view);
      },
      output: add,
      note: (note) => add({ output_type: "stream", name: "stderr", text: `[${words.say(NOTES[note])}]\n` }),
      clear: (wait) => {
        list.clear(wait);
        shown();
      },
      update: (displayId, data, metadata) => this.update(displayId, data, metadata),
      input: (prompt, password) => {
        const { signal } = this.stopping;
        return askForLine(view.asking, words, { prompt, password, stopped: signal });
      },
    };
  }

  private update(displayId: string, data: MimeBundle, metadata: Record<string, unknown>): void {
    for (const [id, list] of this.lists) {
      const view = this.host.codeCell(id);
      if (!view || !list.update(displayId, data, metadata)) continue;
      view.cell = { ...view.cell, outputs: list.all };
      view.outputs.show(list.all);
    }
  }

  private begin(view: CodeCellView): void {
    this.halt();
    const begun = performance.now();
    const tick = () => view.progress({ state: "running", seconds: Math.floor((performance.now() - begun) / 1000) });
    this.running = { view, begun, timer: window.setInterval(tick, 1000) };
    tick();
  }

  private finish(view: CodeCellView, execution: Execution): void {
    if (this.running?.view === view) this.halt();
    if (execution.executionCount !== null) view.cell = { ...view.cell, execution_count: execution.executionCount };
    view.progress({ state: "done", seconds: execution.seconds, status: execution.status });
    this.host.outputsChanged();
  }

  private halt(): void {
    if (this.running) clearInterval(this.running.timer);
    this.running = null;
  }

  private cancelInput(): void {
    this.stopping.abort();
    this.stopping = new AbortController();
  }
}
