/** Below each question: its state in a word and a shape, what failed, and the buttons to check and to ask. */
import { UNCHECKED, type CheckResult } from "./check_plan";
import { button, make } from "./elements";
import { languageOf } from "./markdown";
import type { Question } from "./questions";
import type { Words } from "./words";

/** What the last graded attempt gave for a question. */
export interface QuestionGrade {
  score: number | null;
  maxScore: number;
  message: string;
}

export interface PanelHost {
  readonly words: Words;
  check(question: Question): void;
  /** Shows in the place what became of asking for a hint. */
  hint(question: Question, place: HTMLElement): Promise<void>;
}

/** How a state reads: its word and a sign of its own. */
export function stateOf(result: CheckResult, words: Words): { word: string; sign: string; look: string } {
  if (result.changed) return { word: words.say("Changed since the check"), sign: "◌", look: "" };
  switch (result.verdict) {
    case "passed":
      return { word: words.say("Visible tests pass"), sign: "✓", look: "badge-passed" };
    case "failed":
      return { word: words.say("A test fails"), sign: "✗", look: "badge-failed" };
    case "checking":
      return { word: words.say("Being checked"), sign: "…", look: "" };
    case "stopped":
      return { word: words.say("Check stopped"), sign: "■", look: "" };
    case "unknown":
      return { word: words.say("Not checked"), sign: "○", look: "" };
  }
}

export class QuestionPanel {
  readonly element: HTMLElement;
  private readonly state = make("span", { class: "badge" });
  private readonly message = make("pre", { class: "question-message", tabindex: 0, dir: "auto", hidden: true });
  private readonly grade = make("p", { class: "lab-grade", hidden: true });
  private readonly hint = make("div", { class: "notice notice-note lab-hint", hidden: true, "aria-live": "polite" });
  private readonly check: HTMLButtonElement;

  constructor(
    question: Question,
    private readonly host: PanelHost,
  ) {
    const { words } = host;
    this.check = button(words.say("Check"), () => host.check(question), { look: "button-quiet", shape: "check" });
    const ask = button(words.say("Hint"), () => void this.ask(question, ask));
    const title = make(question.named ? "bdi" : "code", question.named ? {} : { dir: "ltr" }, question.title);
    const points = words.say("{points} points", { points: words.points(question.points) });
    if (question.kind === "read") {
      this.check.hidden = true;
      this.state.hidden = true;
    }
    this.element = make(
      "div",
      { class: "lab-question", role: "group", "aria-label": question.title, id: `question-${question.key}` },
      make("p", { class: "lab-question-head" }, make("b", {}, title), " ", make("span", { class: "due" }, points)),
      make("div", { class: "lab-question-row" }, this.state, make("span", { class: "lab-question-buttons" }, this.check, ask)),
      this.message,
      this.grade,
      this.hint,
    );
    this.check.setAttribute("aria-label", `${words.say("Check")}: ${question.title}`);
    ask.setAttribute("aria-label", `${words.say("Hint")}: ${question.title}`);
    this.show(UNCHECKED);
  }

  show(result: CheckResult): void {
    const { word, sign, look } = stateOf(result, this.host.words);
    this.state.className = `badge ${look}`;
    this.state.replaceChildren(make("span", { class: "shape", "aria-hidden": "true" }, sign), ` ${word}`);
    this.check.disabled = result.verdict === "checking";
    const text = result.verdict === "failed" ? result.message || this.host.words.say("A test says no, without a reason.") : "";
    this.message.textContent = text;
    this.message.lang = languageOf(text).lang;
    this.message.classList.toggle("words", !text.includes("\n"));
    this.message.hidden = text === "";
  }

  /** What an attempt that was handed in scored. */
  graded(grade: QuestionGrade): void {
    const { words } = this.host;
    const values = { score: grade.score === null ? "–" : words.points(grade.score), most: words.points(grade.maxScore) };
    const line = grade.score === null ? words.say("Handed in: an instructor reads it") : words.say("Handed in: {score} of {most} points", values);
    this.grade.replaceChildren(make("b", {}, line), grade.message ? make("span", { dir: "auto" }, ` ${grade.message}`) : "");
    this.grade.hidden = false;
  }

  private async ask(question: Question, asked: HTMLButtonElement): Promise<void> {
    asked.disabled = true;
    this.hint.hidden = false;
    await this.host.hint(question, this.hint);
    asked.disabled = false;
  }
}
