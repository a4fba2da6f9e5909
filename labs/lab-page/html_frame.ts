/**
 * HTML that a learner's code made. Tables stand on the page itself; all else is cleaned and shown in a frame
 * without scripts, so that nothing in it can lie over the page or leave its box.
 */
import { make } from "./elements";
import { isTable, sanitised } from "./sanitise";

/** Pixels: of the tallest frame, and of the two borders of each. */
const TALLEST = 600;
const BORDER = 2;

/**
 * Some HTML as an element that is safe to put on the page, or null when nothing safe is left of it; `title`
 * names it to screen readers.
 */
export function foreignHtml(html: string, title: string): HTMLElement | null {
  const fragment = sanitised(html);
  if (!fragment.textContent?.trim() && !fragment.querySelector("img, svg, hr")) return null;
  if (!isTable(fragment)) return framed(fragment, title);
  return make("div", { class: "lab-table", dir: "ltr", tabindex: 0, role: "group", "aria-label": title }, fragment);
}

/**
 * `allow-same-origin` without `allow-scripts` lets this page put the clean nodes in and measure them, and lets
 * nothing in the frame run. The nodes are never written out as text again, which could change what they are.
 */
function framed(fragment: DocumentFragment, title: string): HTMLIFrameElement {
  const links = [...document.querySelectorAll<HTMLLinkElement>('head link[rel="stylesheet"]')];
  const sheets = links.map((link) => make("link", { rel: "stylesheet", href: link.href }).outerHTML).join("");
  const head = make("head", {}, make("meta", { charset: "utf-8" }), make("title", {}, title));
  head.insertAdjacentHTML("beforeend", sheets);
  const frame = make("iframe", {
    class: "lab-frame",
    title,
    sandbox: "allow-same-origin allow-popups allow-popups-to-escape-sandbox",
    referrerpolicy: "no-referrer",
    srcdoc: `<!doctype html><html lang="${document.documentElement.lang}" class="lab-framed">${head.outerHTML}<body></body></html>`,
  });
  frame.addEventListener("load", () => {
    const inside = frame.contentDocument;
    if (!inside) return;
    inside.body.dir = "ltr";
    inside.body.replaceChildren(inside.importNode(fragment, true));
    const measure = () => {
      frame.style.blockSize = `${Math.min(TALLEST, Math.ceil(inside.body.getBoundingClientRect().height) + BORDER)}px`;
    };
    new ResizeObserver(measure).observe(inside.body);
  });
  return frame;
}
