/** Earlier versions of the notebook, and a way back to each; the present one stays among them. */
import { openDialog } from "./dialogs";
import type { Draft } from "./draft";
import { button, make } from "./elements";
import type { Notebook } from "./notebook";
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
      ),
    );
    place.replaceChildren(
      rows.length ? make("ul", { class: "rows" }, ...rows) : make("p", { class: "empty" }, words.say("There is no earlier version yet: the first is made when you change something.")),
    );
  } catch {
    failed();
  }
}
