/** What a person chose about cells that two windows changed, put into the notebook. */
import type { Conflict } from "./draft";
import type { Cell, Notebook } from "./notebook";
import { newCell } from "./notebook_format";

export type Choice = "here" | "there" | "both";

/**
 * The notebook with the choices made. With `both` a cell of its own with the other text follows, without the
 * marks of a graded cell: nbgrader wants each of those once. What is not chosen about stays as it is.
 */
export function withChoices(notebook: Notebook, conflicts: Conflict[], choices: Record<string, Choice>): Notebook {
  const cells = notebook.cells.flatMap((cell) => {
    const conflict = conflicts.find(({ cellId }) => cellId === cell.id);
    const choice = choices[cell.id];
    return conflict && choice ? chosen(cell, conflict, choice) : [cell];
  });
  return { ...notebook, cells };
}

/**
 * The notebook with what these choices take out of it, without outputs; null where they keep everything.
 * It becomes a version before the other takes its place: a text that lost may be nowhere else.
 */
export function withoutChoices(notebook: Notebook, conflicts: Conflict[], choices: Record<string, Choice>): Notebook | null {
  const others = { here: "there", there: "here" } as const;
  const taken = Object.entries(choices).flatMap(([id, choice]) => (choice === "both" ? [] : [[id, others[choice]] as const]));
  if (taken.length === 0) return null;
  const left = withChoices(notebook, conflicts, Object.fromEntries(taken));
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
