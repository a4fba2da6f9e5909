/** Elements made in one expression; text is always text, never HTML. */

export type Child = Node | string | null | false;
type Attribute = string | number | boolean | null | undefined | ((event: never) => void);

/**
 * An element with attributes and children. A function is a listener (`onclick`), `true` an attribute without
 * a value, and `false`, `null` or `undefined` leave the attribute out.
 */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Record<string, Attribute> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key.slice(2), value as EventListener);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, String(value));
  }
  element.append(...children.filter((child): child is Node | string => child !== null && child !== false));
  return element;
}

/** Shapes of 24 by 24 units, by what they mean. */
const SHAPES = {
  run: "M8 5v14l11-7z",
  stop: "M7 7h10v10H7z",
  check: "M9 16.2 4.8 12l-1.4 1.4L9 19 21 7l-1.4-1.4z",
  send: "M3 20v-6l8-2-8-2V4l19 8z",
  more: "M5 10a2 2 0 1 0 0 4 2 2 0 0 0 0-4zm7 0a2 2 0 1 0 0 4 2 2 0 0 0 0-4zm7 0a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
  cell: "M4 5h16v6H4zm2 2v2h12V7zM11 13h2v3h3v2h-3v3h-2v-3H8v-2h3z",
  lock: "M12 2a5 5 0 0 0-5 5v3H5v12h14V10h-2V7a5 5 0 0 0-5-5zm3 8H9V7a3 3 0 0 1 6 0z",
  all: "M4 5v14l9-7zm9 0v14l9-7z",
} as const;
export type Shape = keyof typeof SHAPES;

/** A picture beside a word; screen readers hear the word alone. */
export function shape(name: Shape): SVGSVGElement {
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("aria-hidden", "true");
  picture.setAttribute("class", "lab-shape");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", SHAPES[name]);
  picture.append(path);
  return picture;
}

/** A button; `look` is a class of `app.css` or `lab.css`. */
export function button(
  label: string,
  press: () => void,
  options: { look?: string; shape?: Shape; title?: string } = {},
): HTMLButtonElement {
  return make(
    "button",
    { type: "button", class: options.look ?? "button-quiet", title: options.title, onclick: press },
    options.shape ? shape(options.shape) : null,
    make("span", {}, label),
  );
}
