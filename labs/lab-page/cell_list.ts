/** The notebook's cells on the page, in order, with a panel below each question; what is added, moved, deleted. */
import type { CellHost, CellView } from "./cell_view";
import { CodeCellView } from "./code_cell";
import { make } from "./elements";
import { beginsWithTitle, topHeading } from "./markdown";
import type { Cell, Notebook } from "./notebook";
import { newCell } from "./notebook_format";
import { QuestionPanel, type PanelHost } from "./question_panel";
import { isOwn, questionByCell, questionsOf, type Question } from "./questions";
import { TextCellView } from "./text_cell";

/** How far from the screen code is coloured: about two screens. */
const NEAR = "200% 0px";

/** What the list needs of the page beside what its cells need. */
export type ListHost = Omit<CellHost, "headingShift"> & PanelHost & {
  /** Cells came, went or changed places. */
  arranged(): void;
};

export class CellList {
  readonly element = make("div", { class: "lab-cells" });
  readonly panels = new Map<string, QuestionPanel>();
  questions: Question[] = [];
  views: CellView[] = [];
  current: CellView | null = null;
  private readonly deleted: { cell: Cell; after: string | null }[] = [];
  private readonly near: IntersectionObserver;
  private around: Omit<Notebook, "cells">;
  private byCell = new Map<string, Question>();
  private headingShift = 1;

  constructor(
    notebook: Notebook,
    private readonly host: ListHost,
  ) {
    this.near = new IntersectionObserver((entries) => this.colour(entries), { rootMargin: NEAR });
    this.around = notebook;
    this.show(notebook);
  }

  /** The notebook as it stands: copies, which later changes leave alone. */
  notebook(): Notebook {
    return { ...this.around, cells: this.views.map(({ cell }) => forFile(cell)) } as Notebook;
  }

  cells(): Cell[] {
    return this.views.map(({ cell }) => cell);
  }

  codeCell(id: string): CodeCellView | null {
    const view = this.views.find(({ cell }) => cell.id === id);
    return view instanceof CodeCellView ? view : null;
  }

  questionOf(view: CellView): Question | null {
    return this.byCell.get(view.cell.id) ?? null;
  }

  /** Show a notebook; cells that are there already stay what they are, and keep their editors. */
  show(notebook: Notebook): void {
    this.around = notebook;
    this.questions = questionsOf(notebook.cells);
    this.byCell = questionByCell(this.questions);
    const texts = notebook.cells.filter((cell) => cell.cell_type === "markdown").map((cell) => cell.source);
    const titled = texts.some((source) => beginsWithTitle(source, this.host.title));
    this.headingShift = (titled ? 1 : 2) - topHeading(texts);
    const before = new Map(this.views.map((view) => [view.cell.id, view]));
    this.views = notebook.cells.map((cell) => {
      const view = before.get(cell.id);
      if (!view || view.cell.cell_type !== cell.cell_type || !sameMarks(view.cell, cell)) return this.made(cell);
      before.delete(cell.id);
      view.show(cell);
      return view;
    });
    for (const gone of before.values()) this.forget(gone);
    for (const [key, panel] of this.panels) if (!this.questions.some((one) => one.key === key)) this.drop(key, panel);
    for (const question of this.questions) {
      if (!this.panels.has(question.key)) this.panels.set(question.key, new QuestionPanel(question, this.host));
    }
    this.arrange();
    const first = this.views[0];
    if ((!this.current || !this.views.includes(this.current)) && first) this.select(first);
  }

  select(view: CellView): void {
    if (this.current === view) return;
    this.current?.select(false);
    this.current = view;
    view.select(true);
  }

  /** The cell before or after another one, or null. */
  neighbour(view: CellView, direction: "up" | "down"): CellView | null {
    return this.views[this.views.indexOf(view) + (direction === "up" ? -1 : 1)] ?? null;
  }

  /** A new cell beside another one, or at the end. */
  add(cellType: "code" | "markdown", beside: CellView | null, where: "before" | "after"): CellView {
    const view = this.made(newCell(cellType));
    const place = beside ? this.views.indexOf(beside) + (where === "after" ? 1 : 0) : this.views.length;
    this.views.splice(place, 0, view);
    this.changed(view);
    return view;
  }

  /** Move a cell of the learner's own by one place. */
  move(view: CellView, direction: "up" | "down"): boolean {
    const from = this.views.indexOf(view);
    const to = from + (direction === "up" ? -1 : 1);
    if (!isOwn(view.cell) || to < 0 || to >= this.views.length) return false;
    this.views.splice(from, 1);
    this.views.splice(to, 0, view);
    this.changed(view);
    return true;
  }

  /** Delete a cell of the learner's own; `restore` brings it back. */
  remove(view: CellView): boolean {
    if (!isOwn(view.cell)) return false;
    const place = this.views.indexOf(view);
    this.deleted.push({ cell: view.cell, after: this.views[place - 1]?.cell.id ?? null });
    this.views.splice(place, 1);
    this.forget(view);
    if (this.views.length === 0) this.views.push(this.made(newCell("code")));
    this.current = null;
    this.changed(this.views[Math.min(place, this.views.length - 1)] ?? null);
    return true;
  }

  /** Bring the last deleted cell back; null when there is none. */
  restore(): CellView | null {
    const last = this.deleted.pop();
    if (!last) return null;
    const view = this.made(last.cell);
    this.views.splice(this.views.findIndex(({ cell }) => cell.id === last.after) + 1, 0, view);
    this.changed(view);
    return view;
  }

  private changed(view: CellView | null): void {
    this.arrange();
    if (view) this.select(view);
    this.host.arranged();
  }

  private made(cell: Cell): CellView {
    const host: CellHost = { ...this.host, headingShift: this.headingShift };
    const question = this.byCell.get(cell.id) ?? null;
    if (cell.cell_type !== "code") return new TextCellView(cell, question, host);
    const view = new CodeCellView(cell, question, host);
    this.near.observe(view.element);
    return view;
  }

  private forget(view: CellView): void {
    this.near.unobserve(view.element);
    view.element.remove();
  }

  private drop(key: string, panel: QuestionPanel): void {
    panel.element.remove();
    this.panels.delete(key);
  }

  /** Put every cell and panel where it belongs, touching only what is elsewhere: a frame that moves loads again. */
  private arrange(): void {
    const panelAfter = new Map(this.questions.map((question) => [question.graded.at(-1), this.panels.get(question.key)]));
    const wanted = this.views.flatMap((view) => {
      const panel = panelAfter.get(view.cell.id);
      return panel ? [view.element, panel.element] : [view.element];
    });
    let place: Element | null = this.element.firstElementChild;
    for (const element of wanted) {
      if (element === place) place = place.nextElementSibling;
      else this.element.insertBefore(element, place);
    }
    this.views.forEach((view, number) => view.place(number + 1));
  }

  private colour(entries: IntersectionObserverEntry[]): void {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      this.near.unobserve(entry.target);
      const view = this.views.find(({ element }) => element === entry.target);
      if (view instanceof CodeCellView) view.colour();
    }
  }
}

/** A cell without what no notebook keeps. */
function forFile(cell: Cell): Cell {
  if (!cell.outputs) return { ...cell };
  return {
    ...cell,
    outputs: cell.outputs.map((output) => {
      if (!("transient" in output)) return output;
      const { transient: _, ...kept } = output;
      return kept;
    }),
  };
}

function sameMarks(one: Cell, other: Cell): boolean {
  return JSON.stringify(one.metadata.nbgrader) === JSON.stringify(other.metadata.nbgrader);
}
