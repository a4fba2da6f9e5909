/** A hint asked of the platform; what it says is shown as it comes. */
import type { LabData } from "./lab_data";
import type { Cell } from "./notebook";
import type { Question } from "./questions";
import type { Words } from "./words";

/** What to show where a hint was asked for: the hint, or why there is none. */
export async function askForHint(data: LabData, words: Words, question: Question, cells: Cell[]): Promise<string> {
  const id = question.answers[0] ?? question.graded[0] ?? "";
  const cell = cells.find((one) => one.id === id);
  const body = JSON.stringify({ notebook: data.notebook, cell_id: id, source: cell?.source ?? "" });
  const headers = { "Content-Type": "application/json", "x-csrf-token": data.csrfToken, Accept: "application/json" };
  try {
    const answer = await fetch(data.hintUrl, { method: "POST", headers, body });
    const said: unknown = answer.ok ? await answer.json() : null;
    if (typeof said !== "object" || said === null) return words.say("No hint can be had just now. Your work is kept; try again later.");
    if ("hint" in said && typeof said.hint === "string") return said.hint;
    return "reason" in said && typeof said.reason === "string" ? said.reason : words.say("There are no hints for this lab yet.");
  } catch {
    return words.say("There is no link, so no hint can be had now. Your work is kept on this device.");
  }
}
