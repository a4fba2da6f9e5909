/** What a person chose about cells that two windows changed, put into the notebook. */
import type { Conflict } from "./draft";
import type { Cell, Notebook } from "./notebook";
import { newCell } from "./notebook_format";
import { questionByCell, questionsOf } from "./questions";
import type { Words } from "./words";

export type Choice = "here" | "there" | "both";

/**
 * The notebook with the choices made. With `both` a cell of its own with the other text follows. Of a marked
 * cell, an answer, that is a text which never runs, below the question's tests: code between an answer and its
 * tests would take the answer's place. What is not chosen about stays as it is.
 *
 * @param label what stands above the other text of an answer
 */
export function withChoices(notebook: Notebook, conflicts: Conflict[], choices: Record<string, Choice>, label: string): Notebook {
  const questions = questionByCell(questionsOf(notebook.cells));
  const below = new Map<string, Cell[]>();
  const cells = notebook.cells.flatMap((cell) => {
    const conflict = conflicts.find(({ cellId }) => cellId === cell.id);
    const choice = choices[cell.id];
    if (!conflict || !choice) return [cell];
    const [stays, ...others] = chosen(cell, conflict, choice);
    if (!stays || !cell.metadata.nbgrader) return stays ? [stays, ...others] : [];
    const last = questions.get(cell.id)?.graded.at(-1) ?? cell.id;
    below.set(last, [...(below.get(last) ?? []), ...others.map((other) => quoted(other, label))]);
    return [stays];
  });
  return { ...notebook, cells: cells.flatMap((cell) => [cell, ...(below.get(cell.id) ?? [])]) };
}

/** What stands above an answer's other text, which was saved then. */
export function otherVersion(words: Words, savedAt: string | null): string {
  return words.say("Your other version of this answer, from {when}", { when: words.dayAndTime(savedAt ? new Date(savedAt) : new Date()) });
}

/** A text that shows the source of a cell; its fence is one that the source does not have. */
function quoted({ cell_type, source }: Cell, label: string): Cell {
  let fence = "~~~";
  while (source.includes(fence)) fence += "~";
  const kind = cell_type === "code" ? "python" : "";
  return { ...newCell("markdown"), source: [label, "", fence + kind, source, fence].join("\n") };
}

/**
 * The notebook with what these choices take out of it, without outputs; null where they keep everything.
 * It becomes a version before the other takes its place: a text that lost may be nowhere else.
 */
export function withoutChoices(notebook: Notebook, conflicts: Conflict[], choices: Record<string, Choice>): Notebook | null {
  const others = { here: "there", there: "here" } as const;
  const taken = Object.entries(choices).flatMap(([id, choice]) => (choice === "both" ? [] : [[id, others[choice]] as const]));
  if (taken.length === 0) return null;
  const left = withChoices(notebook, conflicts, Object.fromEntries(taken), "");
  return { ...left, cells: left.cells.map((cell) => ({ ...cell, ...unrun(cell) })) };
}

function chosen(cell: Cell, { here, there }: Conflict, choice: Choice): Cell[] {
  // Where one side deleted the cell, it stands with the other side's text.
  if (here === null) return choice === "here" ? [] : [cell];
  if (there === null) return choice === "there" ? [] : [cell];
  if (choice === "here") return [cell];
  const other = there;
  if (choice === "there") return [{ ...cell, source: other, ...unrun(cell) }];
  const copy = newCell(cell.cell_type === "code" ? "code" : "markdown");
  return [cell, { ...copy, cell_type: cell.cell_type, source: other }];
}

function unrun(cell: Cell): Partial<Cell> {
  return cell.cell_type === "code" ? { outputs: [], execution_count: null } : {};
}
