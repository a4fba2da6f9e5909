/** What has to run before a question's visible tests say something, and what they said. */
import type { Cell } from "./notebook";
import { partOf, type Question } from "./questions";

/** The source that each cell last ran with in this session of the kernel, by cell identifier. */
export type RunSources = ReadonlyMap<string, string>;

/**
 * The code cells to run for a question, in order: those above its tests that have not run or were changed
 * since, then its tests. Tests of other questions are no part of it.
 */
export function checkPlan(cells: readonly Cell[], question: Question, ran: RunSources): string[] {
  const graded = new Set(question.graded);
  const last = cells.findLastIndex((cell) => graded.has(cell.id));
  return cells
    .slice(0, last + 1)
    .filter((cell) => cell.cell_type === "code")
    .filter((cell) => graded.has(cell.id) || (partOf(cell) !== "test" && isStale(cell, ran)))
    .map((cell) => cell.id);
}

/** Whether a cell has something to run that it has not run yet. */
export function isStale(cell: Cell, ran: RunSources): boolean {
  return cell.source.trim() !== "" && ran.get(cell.id) !== cell.source;
}

/** `unknown`: never checked; `stopped`: it was stopped, or the kernel ended, before the tests had run. */
export type Verdict = "unknown" | "checking" | "passed" | "failed" | "stopped";

export interface CheckResult {
  verdict: Verdict;
  /** What the failing assertion or the error says; empty where it says nothing. */
  message: string;
  /** The cell that failed, or empty. */
  cellId: string;
  /** What the question's cells said when they were checked (`textOf`). */
  of: string;
  /** The answer was changed since the check. */
  changed: boolean;
}

export const UNCHECKED: CheckResult = { verdict: "unknown", message: "", cellId: "", of: "", changed: false };

/** The sources of the cells that a check of the question is about. */
export function textOf({ answers, graded }: Question, cells: readonly Cell[]): string {
  return JSON.stringify(cells.flatMap(({ id, source }) => (answers.includes(id) || graded.includes(id) ? source : [])));
}

/** What is worth keeping of the checks until the page is opened again: those that came to an end. */
export function toKeep(results: ReadonlyMap<string, CheckResult>): Record<string, CheckResult> {
  return Object.fromEntries([...results].filter(([, { verdict }]) => verdict === "passed" || verdict === "failed"));
}

/** The first question that a check found wrong as it stands now. */
export function firstFailing(questions: readonly Question[], results: ReadonlyMap<string, CheckResult>): Question | undefined {
  return questions.find(({ key }) => results.get(key)?.verdict === "failed" && !results.get(key)?.changed);
}

/** How an error reads in one place: the message of an assertion alone, else the error's name with it. */
export function failureMessage(name: string, value: string): string {
  const text = value.trim();
  if (name === "AssertionError") return text;
  return text ? `${name}: ${text}` : name;
}

/**
 * Counts for the summary of all checks, of which one before a change is none; questions that a person reads are
 * not among them.
 */
export function summary(
  questions: readonly Question[],
  results: ReadonlyMap<string, CheckResult>,
): { passed: number; failed: number; unknown: number; total: number } {
  const tested = questions.filter((question) => question.kind === "tested");
  const verdicts = tested.map(({ key }) => (results.get(key)?.changed ? "unknown" : results.get(key)?.verdict));
  const passed = verdicts.filter((verdict) => verdict === "passed").length;
  const failed = verdicts.filter((verdict) => verdict === "failed").length;
  return { passed, failed, unknown: tested.length - passed - failed, total: tested.length };
}
