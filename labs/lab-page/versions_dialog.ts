/** Earlier versions of the notebook, and a way back to each; the present one stays among them. */
import { openDialog } from "./dialogs";
import type { Draft } from "./draft";
import { button, make } from "./elements";
import type { Notebook } from "./notebook";
import { isEditable } from "./questions";
import type { Words } from "./words";

/** Show the versions; `restored` gets the one that was chosen. */
export async function showVersions(words: Words, draft: Draft, restored: (notebook: Notebook) => void): Promise<void> {
  const place = make("div", { class: "lab-versions", role: "status" }, make("p", {}, words.say("The versions are fetched…")));
  const close = button(words.say("Close"), () => dialog.close());
  const dialog = openDialog(words.say("Earlier versions"), [place], [close]);
  const failed = () => place.replaceChildren(make("p", { class: "notice notice-loss" }, words.say("The server cannot be reached. Your work is kept; try again when the link is back.")));
  try {
    const versions = await draft.versions();
    const restore = (version: number) => {
      draft.restore(version).then((notebook) => {
        dialog.close();
        restored(notebook);
      }, failed);
    };
    const rows = versions.map(({ version, savedAt, size }) =>
      make(
        "li",
        {},
        make("span", { class: "row-main" }, words.dayAndTime(savedAt), " ", make("span", { class: "due" }, words.size(size))),
        button(words.say("Bring back"), () => restore(version), { look: "button-quiet lab-small" }),
        preview(words, draft, version),
      ),
    );
    place.replaceChildren(
      rows.length ? make("ul", { class: "rows" }, ...rows) : make("p", { class: "empty" }, words.say("There is no earlier version yet: the first is made when you change something.")),
    );
  } catch {
    failed();
  }
}

/** What the learner wrote in a version and is not so now; fetched when it is opened. */
function preview(words: Words, draft: Draft, version: number): HTMLElement {
  const place = make("div", {});
  const box = make("details", { class: "lab-version" }, make("summary", {}, words.say("Show")), place);
  box.addEventListener("toggle", () => {
    if (!box.open) return;
    place.replaceChildren(make("p", {}, words.say("The versions are fetched…")));
    draft.read(version).then(
      (notebook) => place.replaceChildren(...differences(words, draft.notebook, notebook)),
      (failure: Error) => place.replaceChildren(make("p", { class: "notice notice-loss" }, failure.message)),
    );
  });
  return box;
}

function differences(words: Words, now: Notebook, then: Notebook): HTMLElement[] {
  const present = new Map(now.cells.map(({ id, source }) => [id, source]));
  const others = then.cells.filter((cell) => isEditable(cell) && cell.source.trim() && cell.source !== present.get(cell.id));
  if (others.length === 0) return [make("p", { class: "hint" }, words.say("Every answer and every cell of yours is as it is now."))];
  return others.map(({ source }) => make("pre", { class: "code", dir: "ltr", tabindex: 0 }, source));
}
