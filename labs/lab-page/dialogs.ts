/** Dialogs: what will happen is said before it happens, and Escape always means no. */
import { button, make, type Child } from "./elements";
import type { Words } from "./words";

/** A modal dialog with a title; it is gone from the page when it closes, and the focus is where it was. */
export function openDialog(title: string, content: Child[], actions: HTMLElement[]): HTMLDialogElement {
  const heading = make("h2", { id: "lab-dialog-title", tabindex: -1 }, title);
  const before = document.activeElement;
  const dialog = make(
    "dialog",
    { class: "lab-dialog", "aria-labelledby": "lab-dialog-title" },
    heading,
    ...content,
    make("div", { class: "actions" }, ...actions),
  );
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  });
  document.body.append(dialog);
  dialog.showModal();
  heading.focus();
  return dialog;
}

/** Ask before something is done; false when it was left. */
export function confirmed(
  words: Words,
  asked: { title: string; lines: string[]; yes: string; loss?: boolean },
): Promise<boolean> {
  return new Promise((resolve) => {
    let answer = false;
    const yes = button(asked.yes, () => {
      answer = true;
      dialog.close();
    }, { look: asked.loss ? "button lab-loss" : "button" });
    const no = button(words.say("Cancel"), () => dialog.close());
    const lines = asked.lines.map((line) => make("p", {}, line));
    const dialog = openDialog(asked.title, lines, [yes, no]);
    dialog.addEventListener("close", () => resolve(answer));
  });
}

/** Say something that needs no answer. */
export function told(words: Words, title: string, content: Child[]): void {
  const close = button(words.say("Close"), () => dialog.close());
  const dialog = openDialog(title, content, [close]);
}
