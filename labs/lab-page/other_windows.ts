/** What windows of one browser that show the same notebook tell each other, so that they follow one another. */
import type { Notebook } from "./notebook";

/**
 * `saved`: the server took a version. `changed`: a window's notebook is now this; `from` is what the other
 * windows had of it before.
 */
export type WindowMessage =
  | { kind: "saved"; version: number; savedAt: string | null; text: string }
  | { kind: "changed"; notebook: Notebook; from: Notebook };

/** Milliseconds between two messages about what is typed. */
const PAUSE = 400;

export class OtherWindows {
  private readonly channel: BroadcastChannel | null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private next: Notebook | null = null;

  /** @param shared what this window and the others have in common at the beginning */
  constructor(name: string, private shared: Notebook, take: (message: WindowMessage) => void) {
    this.channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(name);
    this.channel?.addEventListener("message", (event: MessageEvent<WindowMessage>) => take(event.data));
  }

  /** This window's notebook is now this. */
  changed(notebook: Notebook): void {
    this.next = notebook;
    this.timer ??= setTimeout(() => this.send(), PAUSE);
  }

  saved(version: number, savedAt: string | null, text: string): void {
    this.channel?.postMessage({ kind: "saved", version, savedAt, text } satisfies WindowMessage);
  }

  /** The others have this now: they sent it, or got it from the server. */
  have(notebook: Notebook): void {
    this.shared = notebook;
  }

  close(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.channel?.close();
  }

  private send(): void {
    this.timer = null;
    if (this.next === null) return;
    this.channel?.postMessage({ kind: "changed", notebook: this.next, from: this.shared } satisfies WindowMessage);
    this.shared = this.next;
    this.next = null;
  }
}
