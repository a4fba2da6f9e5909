/** Markdown of notebooks as safe HTML: marked for the text, Temml for the maths, both cleaned. */
import { Marked, type TokenizerAndRendererExtension } from "marked";

import { make } from "./elements";
import { joined } from "./notebook_format";
import { embedded, sanitised } from "./sanitise";

const LOWEST_HEADING = 6;
/** `$…$`, `$$…$$`, `\(…\)` and `\[…\]`; a dollar before a space or after one is money. */
const INLINE = /^(?:\$\$([\s\S]+?)\$\$|\$((?:[^$\\\s]|\\.)(?:(?:[^$\\]|\\.)*?(?:[^$\\\s]|\\.))?)\$(?!\d)|\\\(([\s\S]+?)\\\)|\\\[([\s\S]+?)\\\])/;
const BLOCK = /^(?:\$\$([\s\S]+?)\$\$|\\\[([\s\S]+?)\\\]|(\\begin\{([a-z]+\*?)\}[\s\S]+?\\end\{\4\}))[ \t]*(?:\n+|$)/;

const inlineMaths: TokenizerAndRendererExtension = {
  name: "inlineMaths",
  level: "inline",
  start: (source) => source.search(/\$|\\[([]/),
  tokenizer(source) {
    const found = INLINE.exec(source);
    const tex = found?.slice(1).find((part) => part !== undefined);
    if (!found || tex === undefined) return undefined;
    return { type: "inlineMaths", raw: found[0], tex, display: found[1] !== undefined || found[4] !== undefined };
  },
  renderer: (token) => placeholder("span", token["tex"], token["display"]),
};
const blockMaths: TokenizerAndRendererExtension = {
  name: "blockMaths",
  level: "block",
  start: (source) => source.search(/^(\$\$|\\\[|\\begin\{)/m),
  tokenizer(source) {
    const found = BLOCK.exec(source);
    const tex = found?.slice(1, 4).find((part) => part !== undefined);
    return found && tex !== undefined ? { type: "blockMaths", raw: found[0], tex } : undefined;
  },
  renderer: (token) => placeholder("div", token["tex"], true),
};
const marked = new Marked({ gfm: true }, { extensions: [inlineMaths, blockMaths] });

export interface MarkdownSurroundings {
  /** Levels by which headings move down, so that they stand below the page's own. */
  headingShift: number;
  /** Where pictures of the lab's own files are fetched, by the path a notebook names. */
  files: ReadonlyMap<string, string>;
  attachments: Record<string, unknown>;
  /** Text for a screen reader at a picture that has none of its own. */
  picture: string;
  /** What a screen reader calls a table's box. */
  table: string;
}

/** A Markdown text as a `div`; formulas are set as soon as the maths renderer is there. */
export function renderMarkdown(source: string, surroundings: MarkdownSurroundings): HTMLDivElement {
  const body = safeBody(source, surroundings);
  for (const heading of [...body.querySelectorAll("h1, h2, h3, h4, h5, h6")]) lower(heading, surroundings.headingShift);
  for (const table of body.querySelectorAll("table")) box(table, surroundings.table);
  for (const code of body.querySelectorAll("pre")) {
    code.dir = "ltr";
    code.tabIndex = 0;
  }
  for (const task of body.querySelectorAll("img:not([alt])")) task.setAttribute("alt", surroundings.picture);
  const prose = make("div", { class: "prose lab-prose", ...languageOf(body.textContent ?? "") }, body);
  setFormulas(prose);
  return prose;
}

/** A drawing among the text could lie over the page, so drawings are pictures here, or in a frame. */
function safeBody(source: string, surroundings: MarkdownSurroundings): DocumentFragment {
  try {
    const body = sanitised(marked.parse(source, { async: false }), (address) => pictureOf(address, surroundings));
    for (const drawing of body.querySelectorAll("svg")) drawing.remove();
    return body;
  } catch {
    // Nested deeper than can be followed: the text as it stands, and the notebook opens all the same.
    const body = document.createDocumentFragment();
    body.append(make("pre", {}, source));
    return body;
  }
}

/** Set every formula in it; the renderer is fetched when the first one is met. */
export function setFormulas(root: HTMLElement): void {
  const waiting = [...root.querySelectorAll<HTMLElement>("[data-tex]")];
  if (waiting.length === 0) return;
  for (const place of waiting) place.textContent = place.dataset["tex"] ?? "";
  void import("./formulas").then(({ setFormula }) => {
    for (const place of waiting) setFormula(place, place.dataset["tex"] ?? "", "display" in place.dataset);
  });
}

/** A formula alone, as an output shows it. */
export function renderLatex(source: string): HTMLElement {
  const [, display, inline] = /^\s*(?:\$\$([\s\S]*)\$\$|\$([\s\S]*)\$)\s*$/.exec(source) ?? [];
  const tex = display ?? inline ?? source;
  const place = make("div", { class: "lab-prose", "data-tex": tex, "data-display": inline === undefined });
  const root = make("div", {}, place);
  setFormulas(root);
  return root;
}

/** Whether a text is Urdu or English, by its letters: a lab is in one of them, whatever the page is in. */
export function languageOf(text: string): { lang: "en" | "ur"; dir: "ltr" | "rtl" } {
  const arabic = text.match(/[\u0600-\u06ff]/g)?.length ?? 0;
  const latin = text.match(/[a-z]/gi)?.length ?? 0;
  return arabic > latin ? { lang: "ur", dir: "rtl" } : { lang: "en", dir: "ltr" };
}

/** The smallest level of a heading in some Markdown texts, or 1. */
export function topHeading(sources: readonly string[]): number {
  const levels = sources
    .map((source) => source.replace(/^(```|~~~)[\s\S]*?^\1/gm, ""))
    .flatMap((source) => [...source.matchAll(/^(#{1,6})[ \t]/gm)].map((found) => found[1]?.length ?? 1));
  return levels.length ? Math.min(...levels) : 1;
}

/** Whether a Markdown text begins with the lab's title as its heading. */
export function beginsWithTitle(source: string, title: string): boolean {
  const [line = ""] = source.trimStart().split("\n");
  return line.replace(/\s+/g, " ").trim() === `# ${title.replace(/\s+/g, " ").trim()}`;
}

function placeholder(tag: string, tex: string, display: boolean): string {
  return `<${tag} data-tex="${escaped(tex)}"${display ? ' data-display=""' : ""}></${tag}>`;
}

function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");
}

function pictureOf(address: string, { files, attachments }: MarkdownSurroundings): string | null {
  if (address.startsWith("attachment:")) {
    const bundle = attachments[decoded(address.slice("attachment:".length))] ?? {};
    const [type, data] = Object.entries(bundle)[0] ?? ["", ""];
    return embedded(`data:${type};base64,${joined(data).replace(/\s/g, "")}`);
  }
  return files.get(address.replace(/^\.\//, "")) ?? embedded(address);
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name; // a per cent sign that stands for itself
  }
}

function lower(heading: Element, shift: number): void {
  const level = Math.min(LOWEST_HEADING, Math.max(1, Number(heading.tagName[1]) + shift));
  const lowered = document.createElement(`h${level}`);
  lowered.append(...heading.childNodes);
  heading.replaceWith(lowered);
}

/** A table scrolls in a box of its own, by keyboard too. */
function box(table: Element, label: string): void {
  const around = make("div", { class: "table-box", tabindex: 0, role: "group", "aria-label": label });
  table.replaceWith(around);
  around.append(table);
}
