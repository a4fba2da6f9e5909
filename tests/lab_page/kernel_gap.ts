/** A kernel of the hub whose page was away for too long: what the page is told, and what its cells then say. */
import { createHubKernel } from "../../labs/lab-page/hub_kernel";
import type { KernelSetup, Receiver } from "../../labs/lab-page/kernel";

/** A link whose other end is this script. */
class Link extends EventTarget {
  static readonly OPEN = 1;
  static last: Link;
  readonly readyState = 1;
  readonly sent: { type: string; id: string }[] = [];

  constructor() {
    super();
    Link.last = this;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  say(...messages: object[]): void {
    for (const message of messages) this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(message) }));
  }

  close(): void {
    this.dispatchEvent(Object.assign(new Event("close"), { code: 1006, reason: "" }));
  }
}

Object.assign(globalThis, {
  WebSocket: Link,
  location: new URL("http://lab.example/"),
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
});

const told: Record<string, string[]> = {};

function receiver(name: string): Receiver {
  const tell = (what: string): unknown => (told[name] ??= []).push(what);
  return {
    started: () => tell("started"),
    output: (output) => tell(output.output_type === "stream" ? output.text : output.output_type),
    note: (note) => tell(note),
    update: () => undefined,
    clear: () => undefined,
    input: () => Promise.resolve(null),
  };
}

function info(complete: boolean, executions: Record<string, boolean>): object {
  return { type: "kernel_info", session: "s", execution_state: "busy", reason: "", complete, executions };
}

/** By cell what its receiver was told, and how the executions of this page ended. */
export async function afterAGap(): Promise<[Record<string, string[]>, string[]]> {
  const setup: KernelSetup = { runtime: "hub", assignmentId: "a", notebook: "lab", files: [], memoryBytes: 0, runtimeUrl: "", workerUrl: "" };
  const kernel = createHubKernel(setup);
  kernel.resumed((cell) => receiver(cell));
  void kernel.start();
  Link.last.say(info(true, {}), { type: "caught_up", seq: 0 });
  const done = ["first", "second", "third", "fourth"].map((cell) => kernel.execute(cell, "1", receiver(cell)));
  const [first, second, third, fourth] = Link.last.sent.map(({ id }) => id) as [string, string, string, string];
  const names = { first, second, third, fourth };
  Object.entries(names).forEach(([cell, id], place) => Link.last.say({ type: "execute_queued", seq: place + 1, id, cell }));
  const stream = (seq: number, cell: string, id: string, text: string) => ({ type: "stream", seq, cell, id, name: "stdout", text });
  const reply = (seq: number, cell: string, id: string) => ({ type: "execute_reply", seq, cell, id, status: "ok", seconds: 1 });
  Link.last.say({ type: "execute_input", seq: 5, id: first, cell: "first" }, stream(6, "first", first, "seen"));
  const before = Link.last;
  before.close();
  while (Link.last === before) await new Promise((resolve) => setTimeout(resolve, 20));
  Link.last.say(
    info(false, { [first]: true, [second]: true, [third]: false, [fourth]: false, elsewhere: false }),
    stream(90, "first", first, "end"),
    reply(91, "first", first),
    stream(92, "third", third, "middle"),
    stream(93, "another window's", "elsewhere", "theirs"),
    { type: "caught_up", seq: 93 },
    reply(94, "third", third),
    { type: "execute_input", seq: 95, id: fourth, cell: "fourth" },
    reply(96, "fourth", fourth),
  );
  const statuses = (await Promise.all(done)).map(({ status }) => status);
  kernel.close();
  return [told, statuses];
}
