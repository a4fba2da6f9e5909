/**
 * The kernel that runs in the learner's own browser: Pyodide in a worker, with our Python shell.
 *
 * Where the page is cross-origin isolated, a running cell can be stopped with its values kept, and `input()` can
 * ask; elsewhere stopping means a new worker, and `input()` says that it cannot ask.
 */
import type {
  Completion, Execution, Kernel, KernelListener, KernelSetup, KernelState, KernelTrouble, Receiver,
} from "./kernel";
import {
  ANSWER, ANSWERED, ANSWER_BYTES, ANSWER_LENGTH, CONTROL_BYTES, GIVEN_UP, INTERRUPT, SIGNAL,
} from "./kernel_messages";
import type { FromWorker, ToWorker } from "./kernel_messages";
import { holdOffline } from "./offline";
import { ShownOutputs } from "./shown_outputs";

/** Milliseconds that a cell has to end once it was told to. */
const STOPPING = 4000;

interface Waiting {
  source: string;
  receiver: Receiver;
  resolve: (execution: Execution) => void;
}

interface Running extends Waiting {
  count: number;
  shown: ShownOutputs;
  begun: number;
}

/** A kernel for this page; nothing is downloaded before `start`. */
export function createBrowserKernel(setup: KernelSetup): Kernel {
  return new BrowserKernel(setup);
}

class BrowserKernel implements Kernel {
  state: KernelState = "absent";
  readonly place = "browser";
  version = "";
  readonly interruptible = typeof SharedArrayBuffer !== "undefined" && self.crossOriginIsolated;

  private readonly listeners: KernelListener[] = [];
  private worker: Worker | null = null;
  private control: SharedArrayBuffer | null = null;
  private starting: Promise<void> | null = null;
  private started: () => void = () => undefined;
  private queue: Waiting[] = [];
  private running: Running | null = null;
  private count = 0;
  private questions = new Map<number, (value: string | null) => void>();
  private lastQuestion = 0;
  private asking = false;

  constructor(private readonly setup: KernelSetup) {}

  listen(listener: KernelListener): void {
    this.listeners.push(listener);
  }

  start(): Promise<void> {
    if (this.starting === null || this.state === "dead") {
      this.starting = new Promise((resolve) => {
        this.started = resolve;
        this.spawn();
      });
    }
    return this.starting;
  }

  async execute(_cellId: string, source: string, receiver: Receiver): Promise<Execution> {
    const execution = new Promise<Execution>((resolve) => this.queue.push({ source, receiver, resolve }));
    await this.start();
    // Where no kernel can be had, what waits is given back.
    if (this.state === "dead") this.abortWaiting();
    else this.next();
    return execution;
  }

  async interrupt(): Promise<void> {
    this.abortWaiting();
    const { running } = this;
    if (running === null) return;
    if (this.control === null) {
      await this.restart();
      return;
    }
    const words = new Int32Array(this.control, 0, CONTROL_BYTES / 4);
    Atomics.store(words, SIGNAL, INTERRUPT);
    Atomics.notify(words, SIGNAL);
    if (this.asking) this.answer(null);
    this.send({ kind: "stop" });
    setTimeout(() => this.force(running), STOPPING);
  }

  async restart(): Promise<void> {
    this.end(null);
    await this.start();
  }

  async complete(source: string, cursor: number): Promise<Completion> {
    const value = await this.question((id) => ({ kind: "complete", id, prefix: source.slice(0, cursor) }));
    if (value === null) return { matches: [], from: cursor, to: cursor };
    const found = JSON.parse(value) as { replaced: number; matches: Completion["matches"] };
    // Python counts characters, the editor UTF-16 units.
    const characters = [...source.slice(0, cursor)];
    const replaced = characters.slice(characters.length - found.replaced).join("").length;
    return { matches: found.matches, from: cursor - replaced, to: cursor };
  }

  inspect(source: string, cursor: number): Promise<string | null> {
    return this.question((id) => ({ kind: "inspect", id, source, cursor: [...source.slice(0, cursor)].length }));
  }

  /** Nothing goes on while the page is away: the worker lives in it. */
  resumed(): void {}

  close(): void {
    this.end(null);
    this.setState("absent", null);
  }

  private spawn(): void {
    this.setState("starting", null);
    if (typeof WebAssembly === "undefined" || typeof Worker === "undefined") {
      this.end({ code: "unsupported", detail: "This browser has no WebAssembly." });
      return;
    }
    const worker = new Worker(this.setup.workerUrl, { type: "module" });
    this.worker = worker;
    worker.addEventListener("message", (event: MessageEvent<FromWorker>) => {
      if (this.worker === worker) this.hear(event.data);
    });
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      if (this.worker !== worker) return;
      const begun = this.state !== "starting";
      this.end({ code: begun ? "ended" : "offline", detail: event.message ?? "The script of the kernel could not be loaded." });
    });
    this.control = this.interruptible ? new SharedArrayBuffer(CONTROL_BYTES + ANSWER_BYTES) : null;
    const files = this.setup.files.map(({ path, url }) => ({ path, url: new URL(url, location.href).href }));
    const { runtimeUrl, memoryBytes } = this.setup;
    this.send({ kind: "start", runtimeUrl, memoryBytes, files, control: this.control });
  }

  private hear(message: FromWorker): void {
    switch (message.kind) {
      case "progress":
        for (const listener of this.listeners) listener.progress(message.progress);
        break;
      case "ready":
        holdOffline(message.addresses);
        this.version = message.version;
        this.setState("idle", null);
        this.started();
        break;
      case "failed":
        this.end(message.trouble);
        break;
      case "shown":
        this.running?.shown.take(message.shown);
        break;
      case "ask":
        void this.ask(message.prompt, message.password);
        break;
      case "done":
        this.done(message);
        break;
      case "answer":
        this.questions.get(message.id)?.(message.value);
        this.questions.delete(message.id);
        break;
    }
  }

  private next(): void {
    if (this.running !== null || this.state !== "idle") return;
    const waiting = this.queue.shift();
    if (waiting === undefined) return;
    this.count += 1;
    const shown = new ShownOutputs(waiting.receiver);
    this.running = { ...waiting, count: this.count, shown, begun: performance.now() };
    // A signal for the cell before may have come too late; one for this cell comes from now on.
    if (this.control) Atomics.store(new Int32Array(this.control), SIGNAL, 0);
    this.setState("busy", null);
    waiting.receiver.started();
    this.send({ kind: "run", source: waiting.source, count: this.count });
  }

  private done(message: Extract<FromWorker, { kind: "done" }>): void {
    const running = this.running;
    if (running === null) return;
    this.running = null;
    running.shown.end();
    this.setState("idle", null);
    const limits = { memoryBytes: this.setup.memoryBytes, memoryUsedBytes: message.memoryBytes, idleSeconds: null };
    for (const listener of this.listeners) listener.limits(limits);
    if (message.status === "error") this.abortWaiting();
    running.resolve({ status: message.status, executionCount: running.count, seconds: message.seconds });
    this.next();
  }

  /** A cell that goes on although it was stopped ends with its Python. */
  private force(running: Running): void {
    if (this.running !== running) return;
    running.shown.end();
    running.receiver.note("forced");
    void this.restart();
  }

  private async ask(prompt: string, password: boolean): Promise<void> {
    const running = this.running;
    if (running === null) return;
    running.shown.deliver();
    this.asking = true;
    const line = await running.receiver.input(prompt, password);
    if (this.running === running && this.asking) this.answer(line);
  }

  private answer(line: string | null): void {
    this.asking = false;
    if (this.control === null) return;
    const words = new Int32Array(this.control, 0, CONTROL_BYTES / 4);
    const text = new TextEncoder().encode(line ?? "").slice(0, ANSWER_BYTES);
    new Uint8Array(this.control, CONTROL_BYTES).set(text);
    Atomics.store(words, ANSWER_LENGTH, text.length);
    Atomics.store(words, ANSWER, line === null ? GIVEN_UP : ANSWERED);
    Atomics.notify(words, ANSWER);
  }

  private question(message: (id: number) => ToWorker): Promise<string | null> {
    // A busy worker hears nothing until its cell is done, and then the answer is no longer wanted.
    if (this.state !== "idle") return Promise.resolve(null);
    this.lastQuestion += 1;
    const id = this.lastQuestion;
    return new Promise((resolve) => {
      this.questions.set(id, resolve);
      this.send(message(id));
    });
  }

  private send(message: ToWorker): void {
    this.worker?.postMessage(message);
  }

  private abortWaiting(): void {
    for (const waiting of this.queue.splice(0)) waiting.resolve({ status: "aborted", executionCount: null, seconds: 0 });
  }

  /** The worker goes, and everything that it had with it. */
  private end(trouble: KernelTrouble | null): void {
    this.worker?.terminate();
    this.worker = null;
    this.asking = false;
    this.count = 0;
    for (const resolve of this.questions.values()) resolve(null);
    this.questions.clear();
    const running = this.running;
    this.running = null;
    running?.shown.end();
    this.setState("dead", trouble);
    this.started();
    this.abortWaiting();
    running?.resolve({
      status: "aborted",
      executionCount: running.count,
      seconds: (performance.now() - running.begun) / 1000,
    });
  }

  private setState(state: KernelState, trouble: KernelTrouble | null): void {
    this.state = state;
    for (const listener of this.listeners) listener.state(state, trouble);
  }
}
