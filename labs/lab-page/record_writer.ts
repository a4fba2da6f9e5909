/** Writing a window's draft to this browser's store: one writing at a time, and the newest state last. */
import type { DraftRecord, LocalStore } from "./local_store";

export class RecordWriter {
  /** Whether the newest state that was written is here to stay. */
  kept = false;
  private writing: Promise<void> | null = null;
  private again = false;

  /** @param record the draft as it stands at the moment of the call */
  constructor(
    private readonly store: LocalStore | null,
    private readonly record: () => DraftRecord,
  ) {}

  /** Write the present state. */
  write(): Promise<void> {
    this.again = true;
    this.writing ??= this.writeUntilDone().finally(() => (this.writing = null));
    return this.writing;
  }

  private async writeUntilDone(): Promise<void> {
    while (this.again) {
      this.again = false;
      try {
        await this.store?.write(this.record());
        this.kept = this.store !== null;
      } catch {
        // The disk is full, or the browser took the store away: the page says so when the link is gone too.
        this.kept = false;
      }
    }
  }
}
