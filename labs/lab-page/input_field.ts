/** The field below a cell where a program waits for a line of the learner. */
import { button, make } from "./elements";
import type { Words } from "./words";

let number = 0;

/** Ask in `place`; null when the learner gives up, or when `stopped` says so. */
export function askForLine(
  place: HTMLElement,
  words: Words,
  asked: { prompt: string; password: boolean; stopped: AbortSignal },
): Promise<string | null> {
  number += 1;
  const id = `lab-input-${number}`;
  const field = make("input", {
    id,
    type: asked.password ? "password" : "text",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    dir: "auto",
  });
  return new Promise((resolve) => {
    const finish = (line: string | null) => {
      form.remove();
      resolve(line);
    };
    const send = (event: Event) => {
      event.preventDefault();
      finish(field.value);
    };
    const label = asked.prompt.trim() || words.say("The program waits for a line from you");
    const form = make(
      "form",
      { class: "lab-input", onsubmit: send },
      make("label", { for: id, dir: "auto" }, label),
      field,
      make("button", {}, words.say("Send")),
      button(words.say("Stop"), () => finish(null)),
    );
    asked.stopped.addEventListener("abort", () => finish(null), { once: true });
    place.append(form);
    field.focus();
  });
}
