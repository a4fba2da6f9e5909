/** The questions beside the notebook, each with its state: where am I, what is left. */
import { summary, UNCHECKED, type CheckResult } from "./check_plan";
import { make } from "./elements";
import type { Question } from "./questions";
import { stateOf } from "./question_panel";
import type { Words } from "./words";

export class Outline {
  readonly element = make("nav", { class: "lab-outline" });
  private readonly list = make("ol", { class: "lab-outline-list" });
  private readonly total = make("p", { class: "due" });

  constructor(private readonly words: Words) {
    this.element.setAttribute("aria-label", words.say("Questions"));
    const note = words.say("Hidden tests run as well when you hand in. A check here is for you: it is not sent, and earns no points.");
    this.element.append(
      make("p", { class: "lab-outline-title" }, words.say("Questions")),
      this.list,
      this.total,
      make("p", { class: "hint" }, note),
    );
  }

  show(questions: readonly Question[], results: ReadonlyMap<string, CheckResult>): void {
    this.element.hidden = questions.length === 0;
    const { passed, total } = summary(questions, results);
    this.total.textContent = this.words.say("{passed} of {total} questions pass their visible tests", { passed, total });
    this.list.replaceChildren(...questions.map((question) => this.entry(question, results.get(question.key) ?? UNCHECKED)));
  }

  private entry(question: Question, result: CheckResult): HTMLLIElement {
    const { word, sign, look } = question.kind === "read" ? this.read() : stateOf(result, this.words);
    const name = make(question.named ? "bdi" : "code", question.named ? {} : { dir: "ltr" }, question.title);
    return make(
      "li",
      {},
      make("a", { href: `#cell-${question.answers[0] ?? question.graded[0] ?? ""}` }, name),
      make("span", { class: `lab-outline-state ${look}` }, make("span", { class: "shape", "aria-hidden": "true" }, sign), ` ${word}`),
    );
  }

  private read() {
    return { word: this.words.say("Read by an instructor"), sign: "✎", look: "" };
  }
}
