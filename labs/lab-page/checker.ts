/** Questions checked by their visible tests, one at a time; what comes of it stays in this window. */
import { checkPlan, failureMessage, textOf, UNCHECKED, type CheckResult } from "./check_plan";
import type { CodeCellView } from "./code_cell";
import type { Cell } from "./notebook";
import type { Question } from "./questions";
import type { Runner } from "./runner";
import type { Words } from "./words";

export interface CheckerHost {
  readonly words: Words;
  cells(): Cell[];
  questions(): Question[];
  codeCell(id: string): CodeCellView | null;
  checked(question: Question, result: CheckResult): void;
}

export class Checker {
  readonly results = new Map<string, CheckResult>();
  private queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly runner: Runner,
    private readonly host: CheckerHost,
  ) {}

  /** Check a question after those asked for before it. */
  check(question: Question): Promise<void> {
    if (question.kind === "read" || this.results.get(question.key)?.verdict === "checking") return this.queue;
    this.set(question, { ...UNCHECKED, verdict: "checking" });
    const stopped = (): CheckResult => ({ ...UNCHECKED, verdict: "stopped" });
    const judged = async (): Promise<void> => {
      const of = this.textOf(question);
      const result = await this.judge(question).catch(stopped);
      this.set(question, { ...result, of, changed: of !== this.textOf(question) });
    };
    this.queue = this.queue.then(judged);
    return this.queue;
  }

  /** Check every question that has tests. */
  checkAll(): Promise<void> {
    for (const question of this.host.questions()) void this.check(question);
    return this.queue;
  }

  /** A question's cells may say something else now: what a check said counts while they are as they were. */
  compare(question: Question): void {
    const result = this.results.get(question.key);
    if (!result || result.verdict === "checking") return;
    const changed = result.of !== this.textOf(question);
    if (changed !== result.changed) this.set(question, { ...result, changed });
  }

  /** Take over what checks said before the page was opened. */
  takeOver(kept: Record<string, CheckResult>): void {
    for (const question of this.host.questions()) {
      const result = kept[question.key];
      if (result) this.set(question, { ...result, changed: result.of !== this.textOf(question) });
    }
  }

  /** A cell that its learner ran ended with an error; where it is a test, its question fails. */
  failed(cell: Cell): void {
    const question = this.host.questions().find(({ kind, graded }) => kind === "tested" && graded.includes(cell.id));
    if (question && this.results.get(question.key)?.verdict !== "checking") {
      this.set(question, { ...this.failure(cell), of: this.textOf(question) });
    }
  }

  private textOf(question: Question): string {
    return textOf(question, this.host.cells());
  }

  private async judge(question: Question): Promise<CheckResult> {
    const own = new Set([...question.answers, ...question.graded]);
    await this.forget(own);
    for (const id of checkPlan(this.host.cells(), question, this.runner.ran)) {
      const view = this.host.codeCell(id);
      if (!view) continue;
      const { status } = await this.runner.run(view);
      if (status === "aborted") return { ...UNCHECKED, verdict: "stopped" };
      if (status === "error" && own.has(id)) return this.failure(view.cell);
    }
    return { ...UNCHECKED, verdict: "passed" };
  }

  /** What the kernel has from earlier texts of the cells says nothing about the present ones. */
  private async forget(own: ReadonlySet<string>): Promise<void> {
    const { forgetting } = await import("./forgetting");
    const cells = this.host.cells().filter((cell) => cell.cell_type === "code");
    const last = cells.findLastIndex(({ id }) => own.has(id));
    const above = cells.slice(0, last + 1);
    const sources = (some: Cell[]) => some.map(({ source }) => source);
    const forgotten = await this.runner.aside(forgetting(sources(above), sources(above.filter(({ id }) => own.has(id)))));
    if (forgotten) for (const { id } of cells.slice(last + 1)) this.runner.ran.delete(id);
  }

  private failure(cell: Cell): CheckResult {
    return { ...UNCHECKED, verdict: "failed", message: errorOf(cell, this.host.words), cellId: cell.id };
  }

  private set(question: Question, result: CheckResult): void {
    this.results.set(question.key, result);
    this.host.checked(question, result);
  }
}

function errorOf(cell: Cell, words: Words): string {
  const error = cell.outputs?.find((output) => output.output_type === "error");
  if (error?.output_type !== "error") return "";
  const bare = error.ename === "NotImplementedError" && error.evalue === "";
  return bare ? words.say("The answer is not written yet.") : failureMessage(error.ename, error.evalue);
}
