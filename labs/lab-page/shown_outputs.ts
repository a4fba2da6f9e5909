/**
 * What a cell shows, handed to the page a few times a second however fast it comes.
 *
 * A program may print or clear thousands of times between two frames of the screen; the page is given what is
 * left of them.
 */
import type { Receiver } from "./kernel";
import type { Shown } from "./kernel_messages";

const MILLISECONDS = 40;

export class ShownOutputs {
  private waiting: Shown[] = [];
  private clearBeforeNext = false;
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly receiver: Receiver) {}

  take(shown: Shown): void {
    if (shown.kind === "clear") {
      if (shown.wait) this.clearBeforeNext = true;
      else this.drop();
    } else {
      if (shown.kind === "output" && this.clearBeforeNext) this.drop();
      this.join(shown);
    }
    this.timer ??= setTimeout(() => this.deliver(), MILLISECONDS);
  }

  /** Hand over what waits. */
  deliver(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const waiting = this.waiting;
    this.waiting = [];
    for (const shown of waiting) {
      if (shown.kind === "output") this.receiver.output(shown.output);
      else if (shown.kind === "clear") this.receiver.clear(shown.wait);
      else this.receiver.update(shown.display_id, shown.data, shown.metadata);
    }
  }

  /** The cell is done: what waits is handed over, and so is a clearing that waited for an output. */
  end(): void {
    this.deliver();
    if (this.clearBeforeNext) this.receiver.clear(true);
  }

  private drop(): void {
    this.clearBeforeNext = false;
    // Updates reach displays of other cells too, which this clearing does not touch.
    this.waiting = [...this.waiting.filter((shown) => shown.kind === "update"), { kind: "clear", wait: false }];
  }

  private join(shown: Exclude<Shown, { kind: "clear" }>): void {
    const last = this.waiting.at(-1);
    if (shown.kind === "update") {
      this.waiting = this.waiting.filter((other) => other.kind !== "update" || other.display_id !== shown.display_id);
    } else if (
      last?.kind === "output" && last.output.output_type === "stream"
      && shown.output.output_type === "stream" && last.output.name === shown.output.name
    ) {
      const text = last.output.text + shown.output.text;
      this.waiting[this.waiting.length - 1] = { kind: "output", output: { ...last.output, text } };
      return;
    }
    this.waiting.push(shown);
  }
}
