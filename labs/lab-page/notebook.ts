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
  cell_type: "code" | "markdown" | "raw";
  id: string;
  source: string;
  metadata: CellMetadata;
  outputs?: Output[];
  execution_count?: number | null;
  attachments?: Record<string, Record<string, string>>;
  [name: string]: unknown;
}

export interface Notebook {
  cells: Cell[];
  metadata: Record<string, unknown>;
  nbformat: number;
  nbformat_minor: number;
  [name: string]: unknown;
}
