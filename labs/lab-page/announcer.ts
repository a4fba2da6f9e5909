/** One polite live region for what happens away from where the learner is. */
import { make } from "./elements";

export class Announcer {
  readonly element = make("p", { class: "visually-hidden", role: "status", "aria-live": "polite" });
  private timer = 0;

  /** Say it once what was said before has had a moment; of several at once the last is heard. */
  say(text: string): void {
    clearTimeout(this.timer);
    this.element.textContent = "";
    this.timer = window.setTimeout(() => {
      this.element.textContent = text;
    }, 150);
  }
}
