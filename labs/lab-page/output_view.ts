/** Outputs as a cell shows them: the richest form that is safe, long ones cut with a way to see all. */
import { make, button } from "./elements";
import { foreignHtml } from "./html_frame";
import type { MimeBundle, Output } from "./kernel";
import { languageOf, renderLatex, renderMarkdown } from "./markdown";
import { pieces } from "./ansi";
import { joined } from "./notebook_format";
import { failureMessage } from "./check_plan";
import type { Words } from "./words";

/** Characters and lines of a text that are shown at first. */
const SHOWN_CHARACTERS = 12_000;
const SHOWN_LINES = 100;
const HTML_CHARACTERS = 300_000;
const NARROW = "(max-width: 40rem)";

/** The outputs of one cell, below its code. */
export class OutputView {
  readonly element: HTMLDivElement;
  private shown: Output[] = [];
  private wanted: Output[] | null = null;

  constructor(
    private readonly words: Words,
    private readonly files: ReadonlyMap<string, string>,
  ) {
    this.element = make("div", { class: "lab-outputs", hidden: true });
  }

  /** Show these from the next frame on; a loop that prints does not draw more often than the screen. */
  show(outputs: Output[]): void {
    const waits = this.wanted !== null;
    this.wanted = outputs;
    if (!waits) requestAnimationFrame(() => this.draw());
  }

  /** Show these at once. */
  showNow(outputs: Output[]): void {
    this.wanted = outputs;
    this.draw();
  }

  private draw(): void {
    const outputs = this.wanted ?? [];
    this.wanted = null;
    let same = 0;
    while (same < this.shown.length && same < outputs.length && this.shown[same] === outputs[same]) same += 1;
    while (this.element.childElementCount > same) this.element.lastElementChild?.remove();
    for (const output of outputs.slice(same)) this.element.append(make("div", { dir: "ltr" }, this.one(output)));
    this.element.hidden = outputs.length === 0;
    this.shown = outputs;
  }

  private one(output: Output): HTMLElement {
    switch (output.output_type) {
      case "stream":
        return this.text(output.text, output.name === "stderr" ? "lab-output lab-output-stderr" : "lab-output");
      case "error":
        return this.error(joined(output.ename), joined(output.evalue), output.traceback);
      case "display_data":
      case "execute_result":
        return make("div", { class: "lab-output" }, this.rich(output.data));
      default:
        return make("div");
    }
  }

  private rich(bundle: MimeBundle): HTMLElement {
    const data = texts(bundle);
    for (const type of ["image/png", "image/jpeg", "image/gif", "image/webp"]) {
      const picture = data[type]?.replace(/\s/g, "");
      if (picture) return this.picture(`data:${type};base64,${picture}`, data);
    }
    const vector = data["image/svg+xml"];
    if (vector) return this.picture(`data:image/svg+xml,${encodeURIComponent(vector.replace(/\p{Surrogate}/gu, ""))}`, data);
    const html = data["text/html"];
    const foreign = html && html.length <= HTML_CHARACTERS ? foreignHtml(html, this.words.say("Output of this cell")) : null;
    if (foreign) return foreign;
    const markdown = data["text/markdown"];
    if (markdown) {
      return renderMarkdown(markdown, {
        headingShift: 2,
        files: this.files,
        attachments: {},
        picture: this.words.say("Picture without a description"),
        table: this.words.say("Table"),
      });
    }
    if (data["text/latex"]) return renderLatex(data["text/latex"]);
    return this.text(data["text/plain"] ?? "", "");
  }

  /** An SVG too is a picture here, where no script of it runs. */
  private picture(address: string, data: MimeBundle): HTMLElement {
    const plain = data["text/plain"] ?? "";
    const alt = plain && !plain.startsWith("<") ? plain : this.words.say("Picture made by this cell");
    return make("img", { class: "lab-picture", src: address, alt, loading: "lazy" });
  }

  private text(text: string, look: string): HTMLElement {
    const box = make("div", { class: look });
    const end = cutAt(text);
    const block = make("pre", { tabindex: 0, dir: "ltr" });
    block.append(...spans(text.slice(0, end)));
    box.append(block);
    if (end < text.length) {
      const all = button(this.words.say("Show all ({size})", { size: this.words.size(text.length) }), () => {
        block.replaceChildren(...spans(text));
        all.remove();
        block.focus();
      });
      all.classList.add("lab-small");
      box.append(all);
    }
    return box;
  }

  /** The message first; where it happened below, folded on a phone. */
  private error(name: string, value: string, traceback: string[]): HTMLElement {
    const message = failureMessage(name, value) || name;
    const trace = (Array.isArray(traceback) ? traceback : []).join("\n").replace(/\n$/, "");
    const block = make("pre", { tabindex: 0, dir: "ltr" });
    block.append(...spans(trace));
    const folded = make(
      "details",
      { open: !matchMedia(NARROW).matches },
      make("summary", { dir: "auto" }, this.words.say("Where it happened")),
      block,
    );
    return make(
      "div",
      { class: "lab-output lab-output-error" },
      make("p", { class: "lab-error-message", ...languageOf(message) }, make("b", {}, name === "AssertionError" ? `${name}: ` : ""), message),
      trace ? folded : null,
    );
  }
}

/** The texts of a bundle; a file that somebody else wrote may hold anything in their place, or no bundle. */
function texts(bundle: unknown): MimeBundle {
  return Object.fromEntries(Object.entries(bundle ?? {}).filter(([, value]) => typeof value === "string")) as MimeBundle;
}

/** Where a text is cut: at a line's end where there is one. */
function cutAt(text: string): number {
  let end = 0;
  for (let line = 0; line < SHOWN_LINES; line += 1) {
    const next = text.indexOf("\n", end);
    if (next < 0) return Math.min(text.length, SHOWN_CHARACTERS);
    if (next > SHOWN_CHARACTERS) return end || SHOWN_CHARACTERS;
    end = next + 1;
  }
  return end;
}

function spans(text: string): (HTMLSpanElement | string)[] {
  return pieces(text).map((piece) => (piece.look ? make("span", { class: piece.look }, piece.text) : piece.text));
}
