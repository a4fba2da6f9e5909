/**
 * Two versions of a notebook joined by what each changed since the version that both began from.
 *
 * Cells are told apart by their identifiers. What one side alone changed is taken; what both changed alike is
 * taken once; a cell whose text both changed is joined line by line, and where that cannot be done it is a
 * conflict: the cell stays as it is here until somebody chooses.
 */
import type { Conflict } from "./draft";
import { mergeLines } from "./line_merge";
import type { Cell, Notebook } from "./notebook";

export interface Merged {
  notebook: Notebook;
  conflicts: Conflict[];
}

type Fields = Record<string, unknown>;
type Cells = Map<string, Cell>;

/** Join `here` and `there`, which both began as `base`. */
export function mergeNotebooks(base: Notebook, here: Notebook, there: Notebook): Merged {
  const conflicts: Conflict[] = [];
  const [before, mine, theirs] = [byId(base), byId(here), byId(there)];
  const cells = mergedOrder(base, here, there).flatMap((id) => {
    const kept = mergeCell(before.get(id), mine.get(id), theirs.get(id), conflicts);
    return kept ? [kept] : [];
  });
  const rest = mergeFields(without(base, ["cells", "metadata"]), without(here, ["cells", "metadata"]), without(there, ["cells", "metadata"]));
  const metadata = mergeFields(base.metadata, here.metadata, there.metadata);
  return { notebook: { ...(rest as Notebook), metadata, cells }, conflicts };
}

/** Whether two values are the same JSON, whatever the order of their keys. */
export function alike(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [left, right] = [definedKeys(one), definedKeys(other)];
  return left.length === right.length && left.every((key) => key in other && alike((one as Fields)[key], (other as Fields)[key]));
}

function definedKeys(value: object): string[] {
  return Object.keys(value).filter((key) => (value as Fields)[key] !== undefined);
}

function byId(notebook: Notebook): Cells {
  return new Map(notebook.cells.map((cell) => [cell.id, cell]));
}

/**
 * The identifiers of all cells of both sides: in the order of the side that moved cells, and where both did, of
 * there. The other side's new cells follow the cell that they followed.
 */
function mergedOrder(base: Notebook, here: Notebook, there: Notebook): string[] {
  const [before, mine, theirs] = [ids(base), ids(here), ids(there)];
  const common = new Set(before.filter((id) => mine.includes(id) && theirs.includes(id)));
  const moved = (order: string[]): boolean => {
    const [then, now] = [before, order].map((list) => list.filter((id) => common.has(id)).join(" "));
    return then !== now;
  };
  const [leading, following] = moved(mine) && !moved(theirs) ? [mine, theirs] : [theirs, mine];
  const order = [...leading];
  following.forEach((id, place) => {
    if (order.includes(id)) return;
    const previous = following.slice(0, place).reverse().find((other) => order.includes(other));
    order.splice(previous === undefined ? 0 : order.indexOf(previous) + 1, 0, id);
  });
  return order;
}

function ids(notebook: Notebook): string[] {
  return notebook.cells.map((cell) => cell.id);
}

function mergeCell(base: Cell | undefined, here: Cell | undefined, there: Cell | undefined, conflicts: Conflict[]): Cell | null {
  if (here && there) return joinCell(base, here, there, conflicts);
  const left = here ?? there;
  if (left === undefined || base === undefined) return left ?? null;
  // One side deleted it; that the other only ran it does not bring it back.
  if (alike(withoutRun(left), withoutRun(base))) return null;
  conflicts.push({ cellId: left.id, here: here?.source ?? null, there: there?.source ?? null });
  return left;
}

function joinCell(base: Cell | undefined, here: Cell, there: Cell, conflicts: Conflict[]): Cell {
  const joined = {
    ...mergeFields(plain(base), plain(here), plain(there)),
    metadata: mergeFields(base?.metadata ?? {}, here.metadata, there.metadata),
  } as Cell;
  const source = joinSource(base?.source, here.source, there.source);
  if (source === null) conflicts.push({ cellId: here.id, here: here.source, there: there.source });
  joined.source = source ?? here.source;
  const attachments = mergeFields(base?.attachments ?? {}, here.attachments ?? {}, there.attachments ?? {});
  if (Object.keys(attachments).length) joined.attachments = attachments as NonNullable<Cell["attachments"]>;
  return joined.cell_type === "code" ? { ...joined, ...runOf(base, here, there, joined.source) } : joined;
}

/** The joined text; null where a person must choose. */
function joinSource(base: string | undefined, here: string, there: string): string | null {
  if (here === there || there === base) return here;
  if (here === base) return there;
  return base === undefined ? null : mergeLines(base, here, there);
}

/** Outputs belong to the text that made them; a text that was joined has not run yet. */
function runOf(base: Cell | undefined, here: Cell, there: Cell, source: string): Pick<Cell, "outputs" | "execution_count"> {
  const run = (cell: Cell) => ({ outputs: cell.outputs ?? [], execution_count: cell.execution_count ?? null });
  if (here.source === there.source) return base && alike(run(here), run(base)) ? run(there) : run(here);
  if (source === here.source) return run(here);
  return source === there.source ? run(there) : { outputs: [], execution_count: null };
}

const RUN = ["outputs", "execution_count"];

function withoutRun(cell: Cell): Fields {
  return without(cell, RUN);
}

function plain(cell: Cell | undefined): Fields {
  return without(cell ?? {}, [...RUN, "source", "metadata", "attachments"]);
}

function without(fields: Fields, names: string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

/** Three-way over the fields of an object; where both sides changed one, here stays. */
function mergeFields(base: Fields, here: Fields, there: Fields): Fields {
  const merged: Fields = {};
  for (const name of new Set([...Object.keys(here), ...Object.keys(there)])) {
    const taken = alike(here[name], base[name]) ? there[name] : here[name];
    if (taken !== undefined) merged[name] = taken;
  }
  return merged;
}
