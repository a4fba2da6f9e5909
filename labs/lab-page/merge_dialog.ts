/** Cells that were changed here and elsewhere: both are shown, and the learner says which stays. */
import { openDialog } from "./dialogs";
import type { Conflict } from "./draft";
import { button, make } from "./elements";
import type { Question } from "./questions";
import type { Words } from "./words";

type Side = "here" | "there" | "both";

/**
 * Ask for each cell, named by its question where it has one; `chosen` gets the answers. Closing it without an
 * answer leaves all open.
 */
export function askWhichStays(
  words: Words,
  conflicts: Conflict[],
  questions: ReadonlyMap<string, Question>,
  chosen: (choices: Record<string, Side>) => void,
): void {
  const names: Record<Side, string> = {
    here: words.say("This window's"),
    there: words.say("The other one"),
    both: words.say("Keep both"),
  };
  const fields = conflicts.map((conflict, number) => {
    const title = questions.get(conflict.cellId)?.title ?? words.say("Difference {number}", { number: number + 1 });
    return oneConflict(words, conflict, { title, number, names });
  });
  const done = button(words.say("Keep as chosen"), () => {
    const form = new FormData(all);
    chosen(Object.fromEntries(conflicts.map(({ cellId }, number) => [cellId, (form.get(`side-${number}`) ?? "both") as Side])));
    dialog.close();
  }, { look: "button" });
  const later = button(words.say("Later"), () => dialog.close());
  const all = make("form", { onsubmit: (event: Event) => event.preventDefault() }, ...fields);
  const lines = words.say("These cells were changed in this window and in another one. Nothing is lost: earlier versions are kept.");
  const dialog = openDialog(words.say("Choose what stays"), [make("p", {}, lines), all], [done, later]);
  dialog.classList.add("lab-dialog-wide");
}

function oneConflict(
  words: Words,
  conflict: Conflict,
  { title, number, names }: { title: string; number: number; names: Record<Side, string> },
): HTMLElement {
  const sides = (["here", "there", "both"] as const).map((side) =>
    make(
      "label",
      { class: "check" },
      make("input", { type: "radio", name: `side-${number}`, value: side, checked: side === "both" }),
      names[side],
    ),
  );
  const shown = (name: string, source: string | null) =>
    make(
      "div",
      {},
      make("p", { class: "due" }, name),
      source === null ? make("p", {}, words.say("Deleted")) : make("pre", { class: "code", dir: "ltr", tabindex: 0 }, source),
    );
  return make(
    "fieldset",
    { class: "lab-conflict" },
    make("legend", {}, make("bdi", {}, title)),
    make("div", { class: "lab-sides" }, shown(names.here, conflict.here), shown(names.there, conflict.there)),
    make("div", { class: "lab-choices" }, ...sides),
  );
}
