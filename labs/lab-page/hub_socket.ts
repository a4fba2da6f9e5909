/**
 * The link of a page to its kernel on the hub: comes back by itself after growing pauses, and says for good why
 * it cannot.
 */
import type { KernelTrouble } from "./kernel";
import type { FromKernel, ToKernel } from "./hub_messages";

/** Codes of closing are 4000 and the status that HTTP has for the same. */
const OVER = 4410;
const TOO_MANY = 4429;
const HOST_AWAY = 4503;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15_000;
const PING_EVERY = 20_000;

export interface HubSocketListener {
  heard(message: FromKernel): void;
  /** The link is gone and will be tried again; `trouble` says what is known. */
  away(trouble: KernelTrouble): void;
  /** The link is gone, and there is no use in trying again. */
  over(trouble: KernelTrouble): void;
}

export class HubSocket {
  private socket: WebSocket | null = null;
  private pause = FIRST_PAUSE;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private pinging: ReturnType<typeof setInterval> | undefined;
  private heardSince = true;
  private wanted = false;
  private readonly online = (): void => this.again();

  /** `address` is asked anew for each connection: it says which kernel the page had, and its last event. */
  constructor(
    private readonly address: () => string,
    private readonly listener: HubSocketListener,
  ) {}

  get open(): boolean {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  connect(): void {
    if (this.wanted) return;
    this.wanted = true;
    this.pause = FIRST_PAUSE;
    addEventListener("online", this.online);
    this.dial();
  }

  send(message: ToKernel): void {
    if (this.open) this.socket?.send(JSON.stringify(message));
  }

  close(): void {
    this.wanted = false;
    removeEventListener("online", this.online);
    clearTimeout(this.timer);
    clearInterval(this.pinging);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  private dial(): void {
    const socket = new WebSocket(this.address());
    this.socket = socket;
    socket.addEventListener("message", (event: MessageEvent<string>) => {
      if (this.socket !== socket) return;
      this.heardSince = true;
      this.take(JSON.parse(event.data) as FromKernel);
    });
    socket.addEventListener("close", (event) => {
      if (this.socket === socket) this.closed(event.code, event.reason);
    });
  }

  private take(message: FromKernel): void {
    if (message.type === "kernel_info") {
      this.pause = FIRST_PAUSE;
      clearInterval(this.pinging);
      this.pinging = setInterval(() => this.ping(), PING_EVERY);
    }
    this.listener.heard(message);
  }

  /** A link that says nothing in return is no link, whatever the browser believes. */
  private ping(): void {
    if (!this.heardSince) {
      const socket = this.socket;
      this.closed(0, "");
      socket?.close();
      return;
    }
    this.heardSince = false;
    this.send({ type: "ping" });
  }

  private closed(code: number, reason: string): void {
    this.socket = null;
    clearInterval(this.pinging);
    this.heardSince = true;
    if (!this.wanted) return;
    if (code === OVER || (code >= 4400 && code < 4500)) {
      this.wanted = false;
      removeEventListener("online", this.online);
      this.listener.over(trouble(code, reason));
      return;
    }
    this.timer = setTimeout(() => this.again(), this.pause * (0.75 + Math.random() / 2));
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
    this.listener.away(trouble(code, reason));
  }

  private again(): void {
    if (!this.wanted || this.socket !== null) return;
    clearTimeout(this.timer);
    this.dial();
  }
}

/** What a code of closing means to a learner; `detail` is the server's own word for it. */
export function trouble(code: number, reason: string): KernelTrouble {
  if (code === OVER) {
    const known = ["full", "memory", "idle", "ended", "failed"] as const;
    return { code: known.find((one) => one === reason) ?? "ended", detail: reason === "failed" ? "" : reason };
  }
  if (code === HOST_AWAY) return { code: "host", detail: reason };
  if (code === TOO_MANY) return { code: "windows", detail: reason };
  if (code === 4413) return { code: "ended", detail: reason };
  if (code >= 4400 && code < 4500) return { code: "forbidden", detail: reason };
  return { code: "offline", detail: reason };
}
