/** The outputs of a cell as they come in: streams joined, clearing, updates, and a bound on what is kept. */
import type { MimeBundle, Output } from "./kernel";
import { overwritten } from "./ansi";

/** Characters of one stream that a notebook keeps; a loop that prints for ever must not fill the disk. */
export const STREAM_CHARACTERS = 1_000_000;

/** What stands at the end of a stream that was cut. */
export type Cut = (characters: number) => string;

export class OutputList {
  private outputs: Output[] = [];
  private clearing = false;
  private dropped = 0;

  constructor(private readonly cut: Cut) {}

  /** What the notebook keeps. */
  get all(): Output[] {
    const last = this.outputs.at(-1);
    if (!this.dropped || last?.output_type !== "stream") return [...this.outputs];
    return [...this.outputs.slice(0, -1), { ...last, text: last.text + this.cut(this.dropped) }];
  }

  /** Take an output; text of the stream that wrote last is joined to it. */
  add(output: Output): void {
    if (this.clearing) this.clear(false);
    if (output.output_type !== "stream") {
      this.outputs = [...this.all, output];
      this.dropped = 0;
      return;
    }
    const last = this.outputs.at(-1);
    const before = last?.output_type === "stream" && last.name === output.name ? last.text : null;
    if (before === null) {
      this.outputs = this.all;
      this.dropped = 0;
    }
    const line = (before ?? "").lastIndexOf("\n") + 1; // only the last line can still be written over
    const text = (before ?? "").slice(0, line) + overwritten((before ?? "").slice(line) + output.text);
    this.dropped += Math.max(0, text.length - STREAM_CHARACTERS);
    const kept = { ...output, text: text.slice(0, STREAM_CHARACTERS) };
    this.outputs = before === null ? [...this.outputs, kept] : [...this.outputs.slice(0, -1), kept];
  }

  /** Drop everything; with `wait`, when the next output comes. */
  clear(wait: boolean): void {
    this.clearing = wait;
    if (wait) return;
    this.outputs = [];
    this.dropped = 0;
  }

  /** Change the displays of that name; false where there is none. */
  update(displayId: string, data: MimeBundle, metadata: Record<string, unknown>): boolean {
    let found = false;
    this.outputs = this.outputs.map((output) => {
      if (!("transient" in output) || output.transient?.display_id !== displayId) return output;
      found = true;
      return { ...output, data, metadata };
    });
    return found;
  }
}
