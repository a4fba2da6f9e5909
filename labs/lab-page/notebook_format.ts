/**
 * Notebook files read and written: nbformat 4.0 to 4.5 in, 4.5 out, and nothing lost on the way.
 *
 * A text may stand in a file as a string or as a list of lines; here it is one string, and goes out as a list,
 * the way Jupyter writes it. What the page does not know stays where it is: fields of cells, metadata, outputs.
 */
import type { Cell, Notebook } from "./notebook";
import type { Output } from "./kernel";
import { randomName } from "./random_name";

/** The file is no notebook of format 4; the message says what is wrong with it. */
export class NotUnderstood extends Error {}

type Fields = Record<string, unknown>;

const CELL_TYPES = new Set(["code", "markdown", "raw"]);
const IDENTIFIER = /^[a-zA-Z0-9_-]{1,64}$/;

/**
 * The notebook in a file. Cells without an identifier get one that follows from their content, so that the
 * same file gives the same identifiers wherever it is opened.
 *
 * @throws NotUnderstood
 */
export function readNotebook(text: string): Notebook {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new NotUnderstood("The file is not JSON.");
  }
  return asNotebook(content);
}

/** The notebook in the JSON of a file. */
function asNotebook(content: unknown): Notebook {
  if (!isFields(content) || content["nbformat"] !== 4 || !Array.isArray(content["cells"])) {
    throw new NotUnderstood("The file is no notebook of format 4.");
  }
  const cells: unknown[] = content["cells"];
  const minor = typeof content["nbformat_minor"] === "number" ? content["nbformat_minor"] : 0;
  return {
    ...content,
    cells: withIdentifiers(cells.map(readCell)),
    metadata: isFields(content["metadata"]) ? content["metadata"] : {},
    nbformat: 4,
    nbformat_minor: Math.max(minor, 5),
  };
}

/** The file of a notebook: JSON as Jupyter lays it out, so that versions of it can be compared. */
export function writeNotebook(notebook: Notebook): string {
  const file = { ...notebook, cells: notebook.cells.map(writeCell) };
  return `${JSON.stringify(file, null, 1)}\n`;
}

/** A text of a file: a string, or a list of lines. */
export function joined(text: unknown): string {
  if (typeof text === "string") return text;
  return Array.isArray(text) ? text.filter((line) => typeof line === "string").join("") : "";
}

/** The lines of a text with their ends, as Jupyter writes it. */
export function lines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** A cell of the learner's own. */
export function newCell(cellType: "code" | "markdown"): Cell {
  const cell: Cell = { cell_type: cellType, id: randomName(12), source: "", metadata: {} };
  return cellType === "code" ? { ...cell, outputs: [], execution_count: null } : cell;
}

function readCell(cell: unknown): Cell {
  if (!isFields(cell) || !CELL_TYPES.has(String(cell["cell_type"]))) return foreignCell(cell);
  const read: Cell = {
    ...cell,
    cell_type: cell["cell_type"] as Cell["cell_type"],
    id: typeof cell["id"] === "string" ? cell["id"] : "",
    source: joined(cell["source"]),
    metadata: isFields(cell["metadata"]) ? cell["metadata"] : {},
  };
  if (read.cell_type !== "code") return read;
  const outputs = Array.isArray(cell["outputs"]) ? cell["outputs"].filter(isFields) : [];
  const count = cell["execution_count"];
  return {
    ...read,
    outputs: outputs.map(readOutput),
    execution_count: typeof count === "number" ? count : null,
  };
}

/** A cell of an unknown kind: its text where it has one, else all of it, and nothing of it is taken for ours. */
function foreignCell(given: unknown): Cell {
  const { id, source } = isFields(given) ? given : {};
  const shown = joined(source) || JSON.stringify(given, null, 1);
  return { cell_type: "foreign", id: typeof id === "string" ? id : "", source: shown, metadata: {}, given };
}

/** An output with its texts in one piece; one of an unknown type stays as it is. */
function readOutput(output: Fields): Output {
  if (output["output_type"] === "stream") {
    const name = output["name"] === "stderr" ? "stderr" : "stdout";
    return { ...output, output_type: "stream", name, text: joined(output["text"]) };
  }
  if (!isFields(output["data"])) return output as Output;
  const data = Object.entries(output["data"]).map(([type, value]) => [type, ofBundle(type, value)]);
  const metadata = isFields(output["metadata"]) ? output["metadata"] : {};
  return { ...output, data: Object.fromEntries(data), metadata } as Output;
}

/** JSON of a bundle may be a list that is no text. */
function ofBundle(type: string, value: unknown): unknown {
  return Array.isArray(value) && !type.endsWith("json") ? joined(value) : value;
}

function writeCell(cell: Cell): unknown {
  if (cell.cell_type === "foreign") return cell.given;
  const written: Fields = { ...cell, source: lines(cell.source) };
  if (cell.outputs) written["outputs"] = cell.outputs.map(writeOutput);
  return written;
}

function writeOutput(output: Output): Fields {
  if (output.output_type === "stream") return { ...output, text: lines(output.text) };
  if (!("data" in output) || !isFields(output.data)) return { ...output };
  const data = Object.entries(output.data).map(([type, value]: [string, unknown]) => [
    type,
    typeof value === "string" && !type.startsWith("image/") ? lines(value) : value,
  ]);
  const written: Fields = { ...output, data: Object.fromEntries(data) };
  delete written["transient"];
  return written;
}

/** Every cell with an identifier of its own: its own one where it may stay, else nbgrader's name or its content. */
function withIdentifiers(cells: Cell[]): Cell[] {
  const taken = new Set<string>();
  return cells.map((cell) => {
    const wished = [cell.id, joined(cell.metadata.nbgrader?.grade_id), `c${hash(cell.cell_type + cell.source)}`];
    const first = wished.find((name) => IDENTIFIER.test(name)) ?? "cell";
    let id = first;
    for (let number = 2; taken.has(id); number += 1) id = `${first.slice(0, 58)}-${number}`;
    taken.add(id);
    return { ...cell, id };
  });
}

/** FNV-1a over UTF-16 units: names cells, and guards nothing. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let place = 0; place < text.length; place += 1) {
    value = Math.imul(value ^ text.charCodeAt(place), 0x01000193) >>> 0;
  }
  return value.toString(36);
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
