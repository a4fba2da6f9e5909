/**
 * The notebook as the page holds it: nbformat 4, with everything in it that the page does not know kept.
 */
import type { Output } from "./kernel";

export interface NbgraderMarks {
  grade_id: string;
  grade: boolean;
  solution: boolean;
  locked: boolean;
  task?: boolean;
  points?: number;
  schema_version?: number;
  cell_type?: string;
}

export interface CellMetadata {
  nbgrader?: NbgraderMarks;
  [name: string]: unknown;
}

export interface Cell {
  /** `foreign`: of a kind that nbformat 4 does not have; only read here, and saved as it came. */
  cell_type: "code" | "markdown" | "raw" | "foreign";
  id: string;
  source: string;
  metadata: CellMetadata;
  outputs?: Output[];
  execution_count?: number | null;
  attachments?: Record<string, Record<string, string>>;
  /** A foreign cell as it stands in the file. */
  given?: unknown;
  [name: string]: unknown;
}

export interface Notebook {
  cells: Cell[];
  metadata: Record<string, unknown>;
  nbformat: number;
  nbformat_minor: number;
  [name: string]: unknown;
}
