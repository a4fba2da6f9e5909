/** How all checks together stand, in a sentence. */
import { summary, type CheckResult } from "./check_plan";
import type { Question } from "./questions";
import type { Words } from "./words";

type Results = ReadonlyMap<string, CheckResult>;

export function checkWords(questions: readonly Question[], results: Results, words: Words): string {
  const { passed, failed, unknown } = summary(questions, results);
  return words.say("Passed: {passed}. Failed: {failed}. Not checked: {unknown}. Hidden tests run when you hand in.", { passed, failed, unknown });
}

/** The same, where they do not all pass; else empty. */
export function doubts(questions: readonly Question[], results: Results, words: Words): string {
  const { passed, total } = summary(questions, results);
  return passed < total ? checkWords(questions, results, words) : "";
}
