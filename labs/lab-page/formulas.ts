/** TeX as MathML, by Temml; a chunk of its own, fetched when a notebook has a formula. */
import temml from "temml";

/** The widest space and the tallest rule, in em and in pt: a formula must not cover the page. */
const MOST: [number, number] = [40, 500];

/** Put a formula into an element; one that cannot be read stays as its TeX, marked as code. */
export function setFormula(place: HTMLElement, tex: string, display: boolean): void {
  try {
    temml.render(tex, place, { displayMode: display, throwOnError: true, trust: false, strict: false, maxSize: MOST });
    place.classList.add(display ? "lab-formula-display" : "lab-formula");
    place.removeAttribute("data-tex");
    if (display) place.tabIndex = 0;
  } catch {
    const code = document.createElement("code");
    code.dir = "ltr";
    code.textContent = tex;
    place.replaceChildren(code);
  }
}
