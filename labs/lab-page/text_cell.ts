/** A cell of Markdown, read as it is meant or written in an editor; or one that is shown as it stands: raw, or foreign. */
import { CellView, type CellHost } from "./cell_view";
import type { CellEditor } from "./editor";
import { editors, editorsReady } from "./editor_loading";
import { button, make } from "./elements";
import { beginsWithTitle, renderMarkdown } from "./markdown";
import type { Cell } from "./notebook";
import { partOf, type Question } from "./questions";

export class TextCellView extends CellView {
  private readonly body = make("div", { class: "lab-text" });
  private readonly write: HTMLButtonElement;
  private editor: CellEditor | null = null;

  constructor(cell: Cell, question: Question | null, host: CellHost) {
    super(cell, question, host);
    const { words } = host;
    this.write = button(words.say("Write"), () => this.edit("end"), { look: "button-quiet lab-small" });
    this.write.hidden = partOf(cell) !== "answer";
    this.body.addEventListener("dblclick", () => this.edit());
    this.element.append(...[this.note()].filter((note) => note !== null), this.body, this.write);
    this.render();
  }

  edit(place: "start" | "end" | "kept" = "kept"): void {
    if (!this.editable) return;
    const open = () => {
      this.mount();
      this.editor?.focus(place);
    };
    if (editorsReady()) open();
    else void editors().then(open, () => this.host.editorFailed());
  }

  show(cell: Cell): void {
    const same = cell.source === this.cell.source;
    this.cell = cell;
    if (this.editor) this.editor.source = cell.source;
    else if (!same) this.render();
  }

  /** Show the text again in place of its editor. */
  read(): void {
    if (!this.editor) return;
    this.editor.destroy();
    this.editor = null;
    this.write.hidden = partOf(this.cell) !== "answer";
    this.render();
  }

  private render(): void {
    const { words, files, headingShift, title } = this.host;
    const { source, cell_type, attachments } = this.cell;
    if (cell_type !== "markdown") {
      this.body.replaceChildren(make("pre", { class: "lab-still", tabindex: 0, dir: "ltr" }, source));
      return;
    }
    if (source.trim() === "") {
      this.body.replaceChildren(make("p", { class: "hint" }, words.say("Empty text")));
      return;
    }
    const picture = words.say("Picture without a description");
    const text = renderMarkdown(source, { headingShift, files, attachments: attachments ?? {}, picture, table: words.say("Table") });
    if (beginsWithTitle(source, title)) text.firstElementChild?.remove(); // the page has said it
    this.body.replaceChildren(text);
  }

  private mount(): void {
    const module = editorsReady();
    if (this.editor || !module) return;
    const { words } = this.host;
    const box = make("div", { class: "lab-code lab-writing" });
    const done = button(words.say("Done"), () => this.leave(), { look: "button-quiet lab-small" });
    this.editor = new module.CellEditor(box, {
      language: "text",
      source: this.cell.source,
      label: this.question?.named ? `${words.say("Text")}: ${this.question.title}` : words.say("Text"),
      host: {
        changed: (source) => this.changed(source),
        left: () => this.leave(),
        past: (direction) => this.host.past(this, direction),
        run: (after) => {
          this.leave();
          this.host.run(this, after);
        },
        complete: () => Promise.resolve(null),
        help: () => undefined,
      },
    });
    this.write.hidden = true;
    this.body.replaceChildren(box, done);
  }

  private leave(): void {
    this.read();
    this.focus();
  }
}
