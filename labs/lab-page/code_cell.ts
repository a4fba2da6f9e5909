/** A code cell: its code, a button to run it, how its run goes, what it printed. */
import { CellView, type CellHost } from "./cell_view";
import { editors, editorsReady } from "./editor_loading";
import type { CellEditor, EditorHost } from "./editor";
import { button, make, shape } from "./elements";
import type { Cell } from "./notebook";
import { OutputView } from "./output_view";
import type { Question } from "./questions";

/** How a cell's run goes; `seconds` is how long it took, or has taken so far. */
export type RunState =
  | { state: "never" }
  | { state: "queued" }
  | { state: "running"; seconds: number }
  | { state: "done"; seconds: number; status: "ok" | "error" | "aborted" };

export class CodeCellView extends CellView {
  readonly outputs: OutputView;
  /** Where a program's question to the learner stands. */
  readonly asking = make("div", { class: "lab-asking" });
  private readonly box = make("div", { class: "lab-code", dir: "ltr" });
  private readonly still = make("pre", { class: "lab-still", tabindex: 0 });
  private readonly help = make("div", { class: "lab-help", hidden: true });
  private readonly count = make("span", { class: "lab-count", dir: "ltr" });
  private readonly took = make("span", { class: "lab-took" });
  private editor: CellEditor | null = null;

  constructor(cell: Cell, question: Question | null, host: CellHost) {
    super(cell, question, host);
    const { words } = host;
    this.outputs = new OutputView(words, host.files);
    const start = make(
      "button",
      { type: "button", class: "lab-run", "aria-label": words.say("Run this cell"), onclick: () => host.run(this, "stay") },
      shape("run"),
    );
    this.still.textContent = cell.source;
    this.still.setAttribute("aria-label", words.say("Code"));
    this.still.setAttribute("role", "group");
    this.still.addEventListener("click", (event) => this.openAt(event));
    this.box.append(this.still);
    this.element.append(
      ...[this.note()].filter((note) => note !== null),
      make("div", { class: "lab-row" }, make("div", { class: "lab-gutter" }, start, this.count, this.took), this.box),
      this.help,
      this.outputs.element,
      this.asking,
    );
    this.outputs.showNow(cell.outputs ?? []);
    this.progress({ state: "never" });
  }

  edit(place: "start" | "end" | "kept" = "kept"): void {
    if (!this.editable) return;
    if (this.editor) {
      this.editor.focus(place);
      return;
    }
    const open = () => this.mount()?.focus(place);
    if (editorsReady()) open();
    else void editors().then(open, () => this.host.editorFailed());
  }

  show(cell: Cell): void {
    const outputs = cell.outputs ?? [];
    if (outputs !== this.cell.outputs) this.outputs.showNow(outputs);
    this.cell = cell;
    if (this.editor) this.editor.source = cell.source;
    else this.still.textContent = cell.source;
    this.colour();
    this.progress({ state: "never" });
  }

  /** Colour the code as soon as that can be done; asked for when the cell comes near the screen. */
  colour(): void {
    if (this.editor) return;
    const paint = () => {
      const module = editorsReady();
      if (module && !this.editor) this.still.replaceChildren(module.highlighted(this.cell.source));
    };
    void editors().then(paint, paint);
  }

  /** Show how a run goes; the place for it is kept, so nothing moves. */
  progress(run: RunState): void {
    const { words } = this.host;
    const number = this.cell.execution_count ?? null;
    this.element.classList.toggle("lab-running", run.state === "running");
    this.count.textContent = run.state === "queued" || run.state === "running" ? "[*]" : `[${number ?? " "}]`;
    this.took.textContent = "";
    if (run.state === "queued") this.took.textContent = words.say("Waits");
    if (run.state === "running") this.took.textContent = words.seconds(run.seconds);
    if (run.state === "done" && run.status === "aborted") this.took.textContent = words.say("Stopped");
    else if (run.state === "done") this.took.textContent = words.seconds(run.seconds);
  }

  override focus(): void {
    this.help.hidden = true;
    super.focus();
  }

  /** What the kernel knows about a name, below the code. */
  private explain(source: string, cursor: number): void {
    const { words } = this.host;
    void this.host.inspect(source, cursor).then((text) => {
      const close = button(words.say("Close"), () => {
        this.help.hidden = true;
        this.editor?.focus();
      });
      close.classList.add("lab-small");
      const said = text ?? words.say("Nothing is known about this name. Run the cells above first.");
      this.help.replaceChildren(make("pre", { tabindex: 0, dir: "ltr" }, said), close);
      this.help.hidden = false;
    });
  }

  private openAt(event: MouseEvent): void {
    if (!this.editable || !getSelection()?.isCollapsed) return;
    const open = () => this.mount()?.focusAt(event.clientX, event.clientY);
    if (editorsReady()) open();
    else void editors().then(open, () => this.host.editorFailed());
  }

  /** Put an editor in the place of the still text, of the same size; null before its chunk is there. */
  private mount(): CellEditor | null {
    const module = editorsReady();
    if (this.editor || !module) return this.editor;
    const { words } = this.host;
    this.editor = new module.CellEditor(this.box, {
      language: "python",
      source: this.cell.source,
      label: this.question?.named ? `${words.say("Code")}: ${this.question.title}` : words.say("Code"),
      host: this.editorHost(),
    });
    this.still.remove();
    return this.editor;
  }

  private editorHost(): EditorHost {
    return {
      changed: (source) => this.changed(source),
      left: () => this.focus(),
      past: (direction) => this.host.past(this, direction),
      run: (after) => this.host.run(this, after),
      complete: (source, cursor) => this.host.complete(source, cursor),
      help: (source, cursor) => this.explain(source, cursor),
    };
  }
}
