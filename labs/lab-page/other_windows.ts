/** What windows of one browser that show the same notebook tell each other, so that they follow one another. */
import type { Notebook } from "./notebook";

/**
 * `saved`: the server took a version. `changed`: a window's notebook is now this; `from` is what the other
 * windows had of it before.
 */
export type WindowMessage =
  | { kind: "saved"; version: number; savedAt: string | null; text: string }
  | { kind: "changed"; notebook: Notebook; from: Notebook };

/** Whoever hands in asks every window to `send` what it holds; each says that it is there, and what came of it. */
export type SendMessage =
  | { kind: "send"; asked: string }
  | { kind: "sending"; asked: string; client: string }
  | { kind: "sent"; asked: string; client: string; failure: string | null };

export interface WindowListener {
  follow(message: WindowMessage): void;
  /** Send what is unsent; why that cannot be, or null when the server has everything. */
  send(): Promise<string | null>;
}

/** Milliseconds between two messages about what is typed. */
const PAUSE = 400;

/** The name under which windows of one account that show a notebook hear each other. */
export function channelOf(account: string, draftUrl: string): string {
  return `darsgah-draft ${account} ${draftUrl}`;
}

export class OtherWindows {
  private channel: BroadcastChannel | null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private next: Notebook | null = null;

  /**
   * @param client this window's name
   * @param shared what this window and the others have in common at the beginning
   */
  constructor(
    name: string,
    private readonly client: string,
    private shared: Notebook,
    private readonly listener: WindowListener,
  ) {
    this.channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(name);
    this.channel?.addEventListener("message", (event: MessageEvent<WindowMessage | SendMessage>) => this.hear(event.data));
  }

  /** This window's notebook is now this. */
  changed(notebook: Notebook): void {
    this.next = notebook;
    this.timer ??= setTimeout(() => this.tellChange(), PAUSE);
  }

  saved(version: number, savedAt: string | null, text: string): void {
    this.tell({ kind: "saved", version, savedAt, text });
  }

  /** The others have this now: they sent it, or got it from the server. */
  have(notebook: Notebook): void {
    this.shared = notebook;
  }

  close(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.channel?.close();
    this.channel = null;
  }

  private hear(message: WindowMessage | SendMessage): void {
    if (message.kind === "saved" || message.kind === "changed") this.listener.follow(message);
    if (message.kind !== "send") return;
    const { asked } = message;
    const { client } = this;
    this.tell({ kind: "sending", asked, client });
    void this.listener.send().then((failure) => this.tell({ kind: "sent", asked, client, failure }));
  }

  private tellChange(): void {
    this.timer = null;
    if (this.next === null) return;
    this.tell({ kind: "changed", notebook: this.next, from: this.shared });
    this.shared = this.next;
    this.next = null;
  }

  private tell(message: WindowMessage | SendMessage): void {
    this.channel?.postMessage(message);
  }
}
