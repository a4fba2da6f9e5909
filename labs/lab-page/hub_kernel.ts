/**
 * The kernel that runs on the hub, over a WebSocket. It goes on while the page is away; when the page comes back
 * it is told what it missed. Two windows of one learner share it, and both see what it shows.
 */
import type {
  Completion, Execution, Kernel, KernelLimits, KernelListener, KernelSetup, KernelState, KernelTrouble, Receiver,
} from "./kernel";
import { HubSocket } from "./hub_socket";
import { displayOf, type CellEvent, type FromKernel, type HubReason, type HubState, type ToKernel } from "./hub_messages";

interface Pending {
  id: string;
  cellId: string;
  code: string;
  /** The kernel knows of it. */
  known: boolean;
  /** Its turn has come, and its receiver knows. */
  begun: boolean;
  receiver: Receiver;
  resolve: (execution: Execution) => void;
}

interface Question {
  number: number;
  pending: Pending;
  prompt: string;
  password: boolean;
  raised: boolean;
}

const ABORTED: Execution = { status: "aborted", executionCount: null, seconds: 0 };
/** Asks for the kernel that there is: where a page names one, none is started. */
const ANY = "any";
const ANSWER_TIME = 5000;
/** Bytes; the server takes a megabyte in one message, in which some characters take six. */
const LONGEST_SOURCE = 150_000;

/** A kernel for this page; nothing is asked of the hub before `start`. */
export function createHubKernel(setup: KernelSetup): Kernel {
  return new HubKernel(setup);
}

class HubKernel implements Kernel {
  state: KernelState = "absent";
  readonly place = "hub";
  readonly version = "";
  readonly interruptible = true;

  private readonly listeners: KernelListener[] = [];
  private readonly socket: HubSocket;
  /** Tells what this page asks from what other windows ask; `randomUUID` is missing where there is no https. */
  private readonly page = crypto.getRandomValues(new Uint32Array(4)).join("-");
  private asked = 0;
  private session = "";
  private last = 0;
  private caughtUp = false;
  private take: (cellId: string) => Receiver | null = () => null;
  private readonly executions = new Map<string, Pending>();
  private readonly answers = new Map<string, (message: FromKernel | null) => void>();
  private question: Question | null = null;
  private limits: KernelLimits = { memoryBytes: null, memoryUsedBytes: null, idleSeconds: null };
  private settled: (() => void)[] = [];
  /** A restart was asked for, and the kernel has not yet said that it begins anew. */
  private restartAsked = false;
  private over = new Set<string>();
  /** While the page is told what it missed: some of that is no longer known. */
  private gap = false;

  constructor(private readonly setup: KernelSetup) {
    this.socket = new HubSocket(() => this.address(), {
      heard: (message) => this.hear(message),
      away: (trouble) => this.lost(trouble),
      over: (trouble) => this.end(trouble),
    });
  }

  listen(listener: KernelListener): void {
    this.listeners.push(listener);
  }

  start(): Promise<void> {
    if (this.state === "idle" || this.state === "busy") return Promise.resolve();
    const settled = this.settling();
    if (this.state === "absent" || (this.state === "dead" && !this.socket.open)) {
      this.setState("starting", null);
      this.socket.connect();
    } else if (this.state === "dead") {
      this.askToRestart();
    }
    return settled;
  }

  async execute(cellId: string, source: string, receiver: Receiver): Promise<Execution> {
    if (new TextEncoder().encode(source).length > LONGEST_SOURCE) {
      receiver.started();
      receiver.note("too_long");
      return { status: "error", executionCount: null, seconds: 0 };
    }
    if (this.state === "absent" || this.state === "dead") void this.start();
    const id = this.newId();
    return new Promise((resolve) => {
      const pending: Pending = { id, cellId, code: source, known: false, begun: false, receiver, resolve };
      this.executions.set(id, pending);
      if (this.caughtUp) this.request(pending);
    });
  }

  async interrupt(): Promise<void> {
    for (const pending of [...this.executions.values()]) if (!pending.known) this.finish(pending, ABORTED);
    this.socket.send({ type: "interrupt_request" });
  }

  restart(): Promise<void> {
    if (!this.socket.open) return this.start();
    const settled = this.settling();
    this.askToRestart();
    return settled;
  }

  async complete(source: string, cursor: number): Promise<Completion> {
    const nothing = { matches: [], from: cursor, to: cursor };
    const answer = await this.ask("complete_request", source, cursor);
    if (answer?.type !== "complete_reply" || answer.matches === undefined) return nothing;
    const characters = [...source];
    const units = (count: number): number => characters.slice(0, count).join("").length;
    return { matches: answer.matches, from: units(answer.cursor_start ?? 0), to: units(answer.cursor_end ?? 0) };
  }

  async inspect(source: string, cursor: number): Promise<string | null> {
    const answer = await this.ask("inspect_request", source, cursor);
    return answer?.type === "inspect_reply" && answer.found ? (answer.text ?? null) : null;
  }

  resumed(take: (cellId: string) => Receiver | null): void {
    this.take = take;
    this.session = ANY;
    this.socket.connect();
  }

  close(): void {
    this.socket.close();
    this.forget();
    this.setState("absent", null);
  }

  private address(): string {
    const address = new URL(`/api/v1/assignments/${this.setup.assignmentId}/kernel`, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    if (this.session !== "") address.search = new URLSearchParams({ session: this.session, after: String(this.last) }).toString();
    return address.href;
  }

  // -- what is asked ----------------------------------------------------------------------------------------

  private request(pending: Pending): void {
    this.socket.send({ type: "execute_request", id: pending.id, cell: pending.cellId, code: pending.code });
  }

  private newId(): string {
    this.asked += 1;
    return `${this.page}-${this.asked}`;
  }

  private askToRestart(): void {
    this.restartAsked = true;
    this.setState("starting", null);
    this.socket.send({ type: "restart_request" });
  }

  /** A busy kernel answers no questions; a link that is gone none either. */
  private ask(type: "complete_request" | "inspect_request", source: string, cursor: number): Promise<FromKernel | null> {
    if (this.state !== "idle") return Promise.resolve(null);
    const id = this.newId();
    const message: ToKernel = { type, id, code: source, cursor_pos: [...source.slice(0, cursor)].length };
    return new Promise((resolve) => {
      const answered = (answer: FromKernel | null): void => {
        clearTimeout(timer);
        this.answers.delete(id);
        resolve(answer);
      };
      const timer = setTimeout(() => answered(null), ANSWER_TIME);
      this.answers.set(id, answered);
      this.socket.send(message);
    });
  }

  private settling(): Promise<void> {
    return new Promise((resolve) => this.settled.push(resolve));
  }

  // -- what is heard ----------------------------------------------------------------------------------------

  private hear(message: FromKernel): void {
    if (!this.isNew(message)) return;
    switch (message.type) {
      case "kernel_info":
        this.greet(message);
        break;
      case "caught_up":
        this.catchUp(message.seq);
        break;
      case "status":
        this.become(message.execution_state, message.reason);
        break;
      case "input_done":
        if (this.question?.number === message.number) this.question = null;
        break;
      case "limits":
        this.tellLimits({ memoryBytes: message.memory_bytes, idleSeconds: message.idle_seconds });
        break;
      case "usage":
        this.tellLimits({ memoryUsedBytes: message.memory_bytes });
        break;
      case "queue":
        for (const listener of this.listeners) listener.progress({ stage: "queue", loaded: message.position, total: 0 });
        break;
      case "complete_reply":
      case "inspect_reply":
        this.answers.get(message.id)?.(message);
        break;
      case "ended":
      case "pong":
        break;
      default:
        this.show(message);
    }
  }

  /** Whether it is no event that this page had already. */
  private isNew(message: FromKernel): boolean {
    if (!("seq" in message) || message.type === "caught_up") return true;
    if (message.seq <= this.last) return false;
    this.last = message.seq;
    return true;
  }

  /** The kernel says which it is; of another's events this page has none. */
  private greet(info: Extract<FromKernel, { type: "kernel_info" }>): void {
    if (info.session !== this.session) this.last = 0;
    this.session = info.session;
    for (const pending of this.executions.values()) pending.known ||= info.executions[pending.id] !== undefined;
    this.over = new Set(Object.keys(info.executions).filter((id) => info.executions[id]));
    this.gap = !info.complete;
    // What is missing comes before what is told next; of cells that had not begun it is seen from that.
    if (this.gap) for (const { begun, known, receiver } of this.executions.values()) if (begun && known) receiver.note("lost");
    // The states of cells that went on come with what was missed; this is how things are now.
    this.become(info.execution_state, info.reason);
  }

  private catchUp(seq: number): void {
    this.last = Math.max(this.last, seq);
    this.caughtUp = true;
    for (const pending of [...this.executions.values()]) {
      if (!pending.known) this.request(pending);
      else if (this.over.has(pending.id)) {
        if (!pending.begun) this.beginLate(pending);
        this.finish(pending, ABORTED); // how it ended is no longer known
      }
    }
    this.over.clear();
    this.gap = false;
    void this.raise();
    this.settle();
  }

  private become(state: HubState, reason: HubReason): void {
    if (state === "starting") this.restartAsked = false;
    if (this.restartAsked) return; // what it did before does not matter any more
    if (state === "dead") this.setState("dead", { code: reason === "memory" ? "memory" : "ended", detail: reason });
    else this.setState(state, null);
    this.settle();
  }

  private settle(): void {
    if (!this.caughtUp || this.state === "starting") return;
    for (const resolve of this.settled.splice(0)) resolve();
  }

  private tellLimits(changed: Partial<KernelLimits>): void {
    this.limits = { ...this.limits, ...changed };
    for (const listener of this.listeners) listener.limits(this.limits);
  }

  // -- cells ------------------------------------------------------------------------------------------------

  private show(event: CellEvent): void {
    const pending = this.executions.get(event.id) ?? this.adopt(event);
    if (pending === null) return;
    pending.known = true;
    const { receiver } = pending;
    if (event.type === "execute_queued") return;
    if (this.gap && !pending.begun && event.type !== "execute_input") this.beginLate(pending);
    switch (event.type) {
      case "execute_input":
        pending.begun = true;
        receiver.started();
        break;
      case "stream":
        receiver.output({ output_type: "stream", name: event.name, text: event.text });
        break;
      case "error":
        receiver.output({ output_type: "error", ename: event.ename, evalue: event.evalue, traceback: event.traceback });
        break;
      case "update_display_data":
        receiver.update(event.transient?.display_id ?? "", event.data, event.metadata);
        break;
      case "clear_output":
        receiver.clear(event.wait);
        break;
      case "input_request":
        this.question = { number: event.number, pending, prompt: event.prompt, password: event.password, raised: false };
        if (this.caughtUp) void this.raise();
        break;
      case "execute_reply":
        this.finish(pending, {
          status: event.status,
          executionCount: event.execution_count ?? null,
          seconds: event.seconds,
        });
        break;
      default:
        receiver.output(displayOf(event));
    }
  }

  /** The kernel no longer knows how the cell began: what it showed since then is lost, and the learner is told. */
  private beginLate(pending: Pending): void {
    pending.begun = true;
    pending.receiver.started();
    pending.receiver.note("lost");
  }

  /** A cell that another window ran, or this one before it was loaded again. */
  private adopt(event: CellEvent): Pending | null {
    if (event.type !== "execute_queued" && event.type !== "execute_input" && !this.gap) return null;
    const receiver = this.take(event.cell);
    if (receiver === null) return null;
    const pending: Pending = { id: event.id, cellId: event.cell, code: "", known: true, begun: false, receiver, resolve: () => undefined };
    this.executions.set(event.id, pending);
    return pending;
  }

  private finish(pending: Pending, execution: Execution): void {
    this.executions.delete(pending.id);
    if (this.question?.pending === pending) this.question = null;
    pending.resolve(execution);
  }

  /** Ask the learner, once it is known that nobody has answered yet. */
  private async raise(): Promise<void> {
    const question = this.question;
    if (question === null || question.raised) return;
    question.raised = true;
    const value = await question.pending.receiver.input(question.prompt, question.password);
    if (this.question === question) this.socket.send({ type: "input_reply", number: question.number, value });
  }

  // -- the link ---------------------------------------------------------------------------------------------

  /** No kernel runs; one is had if it was asked for meanwhile. */
  private foundNone(): void {
    this.session = "";
    this.socket.close();
    if (this.state === "starting") this.socket.connect();
  }

  private lost(trouble: KernelTrouble): void {
    if (this.session === ANY) return this.foundNone();
    this.caughtUp = false;
    this.restartAsked = false;
    if (this.question !== null) this.question.raised = false;
    for (const answered of [...this.answers.values()]) answered(null);
    this.setState("away", trouble);
    for (const resolve of this.settled.splice(0)) resolve();
  }

  private end(trouble: KernelTrouble): void {
    if (this.session === ANY) return this.foundNone();
    this.forget();
    this.setState("dead", trouble);
    for (const resolve of this.settled.splice(0)) resolve();
  }

  /** Everything that belonged to a kernel that is no more. */
  private forget(): void {
    this.session = "";
    this.last = 0;
    this.caughtUp = false;
    this.restartAsked = false;
    this.question = null;
    for (const answered of [...this.answers.values()]) answered(null);
    for (const pending of [...this.executions.values()]) this.finish(pending, ABORTED);
  }

  private setState(state: KernelState, trouble: KernelTrouble | null): void {
    if (state === this.state && trouble === null) return;
    this.state = state;
    for (const listener of this.listeners) listener.state(state, trouble);
  }
}
