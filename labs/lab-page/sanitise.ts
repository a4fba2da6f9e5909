/**
 * Foreign HTML made safe. Whatever a notebook holds was written by somebody else: no script, no style, no
 * form, no frame survives, and nothing is fetched: pictures are data that the page already holds.
 */
import DOMPurify, { type Config } from "dompurify";

/** The address that a picture's source stands for, or null where it is not to be shown. */
export type PictureSource = (source: string) => string | null;

const PICTURE = /^data:image\/(png|jpeg|gif|webp|svg\+xml)[;,]/i;
const LINK = /^(https?:|mailto:|#)/i;
const CONFIG: Config = {
  USE_PROFILES: { html: true, svg: true },
  FORBID_TAGS: [
    "style", "form", "input", "button", "select", "textarea", "option", "dialog", "audio", "video", "source",
    "track", "map", "area", "template", "marquee", "picture", "link", "meta", "base",
  ],
  FORBID_ATTR: [
    "style", "srcset", "background", "poster", "action", "id", "name", "ping", "target", "usemap", "tabindex",
    "contenteditable", "draggable", "hidden", "popover", "popovertarget", "slot", "is", "autofocus", "accesskey",
  ],
  ALLOW_ARIA_ATTR: false,
  ALLOW_DATA_ATTR: false,
  ADD_ATTR: ["data-tex", "data-display"],
  RETURN_DOM_FRAGMENT: true,
};
const TABLE_TAGS = new Set([
  "TABLE", "CAPTION", "COLGROUP", "COL", "THEAD", "TBODY", "TFOOT", "TR", "TH", "TD", "DIV", "P", "SPAN", "B",
  "I", "EM", "STRONG", "SUB", "SUP", "CODE", "BR",
]); // prettier-ignore

/** The safe part of some HTML, as nodes that are in no document yet. */
export function sanitised(html: string, picture: PictureSource = embedded): DocumentFragment {
  const fragment = DOMPurify.sanitize(unstyled(html), CONFIG) as unknown as DocumentFragment;
  for (const image of fragment.querySelectorAll("img")) settlePicture(image, picture);
  for (const other of fragment.querySelectorAll("[src]:not(img), [href]:not(a), svg a, [*|href]:not([href])")) other.remove();
  for (const link of fragment.querySelectorAll("a")) settleLink(link);
  for (const head of fragment.querySelectorAll("th")) if (isEmpty(head)) head.replaceWith(asPlainCell(head));
  for (const named of fragment.querySelectorAll("[class]")) {
    if (!named.matches("code, pre")) named.removeAttribute("class");
  }
  return fragment;
}

/**
 * HTML without styles. A browser complains of each that the page's policy forbids already when it reads the HTML,
 * so they are given names that the cleaning drops with what is in them.
 */
export function unstyled(html: string): string {
  const named = html.replace(/<(\/?)style\b/gi, "<$1xmp");
  return named.replace(/<[a-z][^<>]*/gi, (tag) => tag.replace(/(\s)style(?=\s*=)/gi, "$1data-style"));
}

/** Whether there is nothing in it but tables and plain text: that much stands on the page itself. */
export function isTable(fragment: DocumentFragment): boolean {
  const elements = [...fragment.querySelectorAll("*")];
  return fragment.querySelector("table") !== null && elements.every((one) => TABLE_TAGS.has(one.tagName));
}

/** A picture's own data, and nothing else. */
export function embedded(source: string): string | null {
  return PICTURE.test(source) ? source : null;
}

function settlePicture(image: HTMLImageElement, picture: PictureSource): void {
  const source = picture(image.getAttribute("src") ?? "");
  if (source === null) {
    image.replaceWith(image.alt ? document.createTextNode(image.alt) : document.createDocumentFragment());
    return;
  }
  image.src = source;
  image.loading = "lazy";
  if (!image.hasAttribute("alt")) image.alt = "";
}

function isEmpty(cell: HTMLElement): boolean {
  return !cell.textContent.trim() && !cell.querySelector("img, svg");
}

/** The corner above a frame's index heads nothing: a screen reader would announce a heading without a word. */
function asPlainCell(head: HTMLTableCellElement): HTMLTableCellElement {
  const cell = document.createElement("td");
  cell.colSpan = head.colSpan;
  cell.rowSpan = head.rowSpan;
  return cell;
}

/** Links open elsewhere, and say nothing of where they come from. */
function settleLink(link: HTMLAnchorElement): void {
  const address = link.getAttribute("href") ?? "";
  if (!LINK.test(address)) {
    link.removeAttribute("href");
    return;
  }
  if (address.startsWith("#")) return;
  link.target = "_blank";
  link.rel = "noopener noreferrer nofollow";
}
