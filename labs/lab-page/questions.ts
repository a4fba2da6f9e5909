/** The questions of a notebook, found by nbgrader's marks: which cells answer each, and which test it. */
import type { Cell } from "./notebook";

/** `tested`: visible tests say something about it; `read`: a person marks it, and nothing can be checked here. */
export type QuestionKind = "tested" | "read";

export interface Question {
  /** nbgrader's grade_id of its first graded cell. */
  key: string;
  title: string;
  /** Whether the author named it; else `title` is the grade_id, which is code. */
  named: boolean;
  points: number;
  kind: QuestionKind;
  /** Identifiers of the cells that the learner fills in. */
  answers: string[];
  /** Identifiers of the cells that are graded; for a question that a person reads, they are the answers. */
  graded: string[];
}

/** What a cell is to its learner. */
export type Part = "own" | "answer" | "test" | "locked";

export function partOf(cell: Cell): Part {
  if (cell.cell_type === "foreign") return "locked";
  const marks = cell.metadata.nbgrader;
  if (!marks) return cell.metadata["editable"] === false ? "locked" : "own";
  if (marks.solution || marks.task) return marks.task && marks.locked ? "locked" : "answer";
  if (marks.grade) return "test";
  return marks.locked ? "locked" : "own";
}

/** Whether the learner may change the text of the cell. */
export function isEditable(cell: Cell): boolean {
  const part = partOf(cell);
  return part === "own" || part === "answer";
}

/** Whether the learner may delete or move the cell: only what the lab's author did not mark. */
export function isOwn(cell: Cell): boolean {
  return !cell.metadata.nbgrader && cell.metadata["deletable"] !== false && partOf(cell) === "own";
}

/**
 * The questions in the order of the notebook. Test cells belong to the answers above them; test cells that
 * follow each other with no answer between are one question.
 */
export function questionsOf(cells: readonly Cell[]): Question[] {
  const questions: Question[] = [];
  let answers: string[] = [];
  let heading = "";
  let open: Question | null = null;
  for (const cell of cells) {
    if (cell.cell_type === "markdown") heading = headingOf(cell.source) || heading;
    const marks = cell.metadata.nbgrader;
    if (!marks) continue;
    if (marks.grade && !marks.solution && !marks.task) {
      if (open && answers.length === 0) {
        open.graded.push(cell.id);
        open.points += marks.points ?? 0;
        continue;
      }
      open = question(cell, "tested", answers, heading);
      questions.push(open);
      answers = [];
    } else if ((marks.grade && marks.solution) || marks.task) {
      questions.push(question(cell, "read", [cell.id], heading));
      open = null;
    } else if (marks.solution) {
      answers.push(cell.id);
    }
  }
  return questions;
}

/** The cells of a notebook that belong to a question, by identifier. */
export function questionByCell(questions: readonly Question[]): Map<string, Question> {
  return new Map(questions.flatMap((one) => [...one.answers, ...one.graded].map((id) => [id, one] as const)));
}

function question(cell: Cell, kind: QuestionKind, answers: string[], heading: string): Question {
  const name = authorsTitle(cell) || heading;
  const key = cell.metadata.nbgrader?.grade_id ?? cell.id;
  return {
    key,
    title: name || key,
    named: name !== "",
    points: cell.metadata.nbgrader?.points ?? 0,
    kind,
    answers,
    graded: [cell.id],
  };
}

/** The title that a lab of ours gives in the graded cell's metadata. */
function authorsTitle(cell: Cell): string {
  const own = cell.metadata["darsgah"];
  const title = typeof own === "object" && own !== null && "title" in own ? own.title : "";
  return typeof title === "string" ? title.trim() : "";
}

/** The last heading in a Markdown text, without its marks and without points in brackets. */
function headingOf(source: string): string {
  const outside = source.replace(/^(```|~~~)[\s\S]*?^\1/gm, "");
  const found = [...outside.matchAll(/^#{1,6}[ \t]+(.+?)[ \t#]*$/gm)].at(-1)?.[1] ?? "";
  return found
    .replace(/\s*\([^()]*\bpoints?\b[^()]*\)\s*$/i, "")
    .replace(/[*_`]/g, "")
    .trim();
}
