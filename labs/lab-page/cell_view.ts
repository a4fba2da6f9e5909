/** What every cell on the page is: its place, its text, whether it is the current one, and its labels. */
import { make } from "./elements";
import type { Completion } from "./kernel";
import type { Cell } from "./notebook";
import { isEditable, partOf, type Question } from "./questions";
import type { Words } from "./words";

export type AfterRun = "stay" | "next" | "insert";

/** What a cell asks of the page, and tells it. */
export interface CellHost {
  readonly words: Words;
  /** Where the lab's own files are fetched, by their paths. */
  readonly files: ReadonlyMap<string, string>;
  readonly headingShift: number;
  /** The lab's, which stands above the notebook. */
  readonly title: string;
  /** The cell's text is another one now. */
  edited(view: CellView): void;
  /** The cell is the one that keys and buttons act upon. */
  selected(view: CellView): void;
  run(view: CellView, after: AfterRun): void;
  /** From inside an editor to the cell before or after; false at the notebook's ends. */
  past(view: CellView, direction: "up" | "down"): boolean;
  /** The editors' chunk could not be fetched. */
  editorFailed(): void;
  complete(source: string, cursor: number): Promise<Completion | null>;
  inspect(source: string, cursor: number): Promise<string | null>;
}

export abstract class CellView {
  readonly element: HTMLElement;
  protected readonly editable: boolean;

  constructor(
    public cell: Cell,
    readonly question: Question | null,
    protected readonly host: CellHost,
  ) {
    this.editable = isEditable(cell);
    this.element = make("div", {
      class: `lab-cell lab-cell-${cell.cell_type} lab-part-${partOf(cell)}`,
      id: `cell-${cell.id}`,
      role: "group",
      tabindex: -1,
      "aria-describedby": "lab-keys",
      onfocusin: () => host.selected(this),
      onpointerdown: () => host.selected(this),
    });
  }

  /** Begin to write in it; where it may not be changed, nothing happens. */
  abstract edit(place?: "start" | "end" | "kept"): void;

  /** Show another text, which came from elsewhere. */
  abstract show(cell: Cell): void;

  /** Leave the editor, if it is open, for the cell itself. */
  focus(): void {
    this.element.focus({ preventScroll: true });
    this.element.scrollIntoView({ block: "nearest" });
  }

  /** Go to it from far away. */
  reveal(): void {
    this.focus();
    this.element.scrollIntoView();
  }

  select(is: boolean): void {
    this.element.classList.toggle("lab-current", is);
    this.element.tabIndex = is ? 0 : -1;
  }

  /** Number it among the cells, for those who don't see where it stands. */
  place(number: number): void {
    this.element.setAttribute("aria-label", this.label(number));
  }

  protected changed(source: string): void {
    if (source === this.cell.source) return;
    this.cell = { ...this.cell, source };
    this.host.edited(this);
  }

  /** The line above a cell that a lab's author marked, or null. */
  protected note(): HTMLElement | null {
    const { words } = this.host;
    const part = partOf(this.cell);
    if (part === "own") return null;
    const note = make("p", { class: "lab-note" });
    if (part === "answer") {
      note.append(make("b", {}, words.say("Your answer")));
      if (this.question?.kind === "read") {
        note.append(" ", words.say("{points} points, read by an instructor", { points: words.points(this.question.points) }));
      }
    } else if (part === "test") note.append(words.say("Tests: they cannot be changed"));
    else note.append(words.say("Given: it cannot be changed"));
    return note;
  }

  private label(number: number): string {
    const { words } = this.host;
    const kind = this.cell.cell_type === "code" ? words.say("Code, cell {number}", { number }) : words.say("Text, cell {number}", { number });
    const part = partOf(this.cell);
    if (part === "own") return kind;
    const say = { answer: words.say("your answer"), test: words.say("tests, locked"), locked: words.say("locked") }[part];
    return this.question?.named ? `${kind}, ${say}: ${this.question.title}` : `${kind}, ${say}`;
  }
}
