/**
 * CodeMirror's style sheets under a content policy without inline styles: they are adopted by the document
 * instead of being written into a `<style>` element, which `style-src 'self'` forbids.
 */
import { StyleModule } from "style-mod";

const adopted = new Set<StyleModule>();

/** Have every style module of the editors adopted; call it before the first editor is made. */
export function adoptEditorStyles(): void {
  StyleModule.mount = (_root, modules) => {
    for (const module of Array.isArray(modules) ? modules : [modules]) {
      if (adopted.has(module)) continue;
      adopted.add(module);
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(module.getRules());
      document.adoptedStyleSheets = [sheet, ...document.adoptedStyleSheets];
    }
  };
}
