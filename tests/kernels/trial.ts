/** The lab page's own script against a real server, under Node: prints what happened as one JSON object. */
import { createHubKernel } from "../../labs/lab-page/hub_kernel";
import type { Kernel, KernelSetup, Receiver } from "../../labs/lab-page/kernel";

declare const process: { argv: string[]; exit(code: number): never };
const [url, cookie, assignmentId] = process.argv.slice(2) as [string, string, string];
const sockets: WebSocket[] = [];
const Plain = globalThis.WebSocket as unknown as new (url: string, options: object) => WebSocket;

/** A browser sends cookie and origin by itself. */
class Sent extends Plain {
  constructor(address: string) {
    super(address, { headers: { cookie, origin: url } });
    sockets.push(this);
  }
}
Object.assign(globalThis, {
  WebSocket: Sent,
  location: new URL(url),
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
});

const setup: KernelSetup = { runtime: "hub", assignmentId, notebook: "lab", files: [], memoryBytes: 0, runtimeUrl: "", workerUrl: "" };
const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

interface Seen extends Receiver {
  text: string;
  shown: string[];
}

function receiver(line: string | null = null): Seen {
  return {
    text: "",
    shown: [],
    output(output) {
      if (output.output_type === "stream") this.text += output.text;
      else if (output.output_type === "error") this.shown.push(output.ename);
      else this.shown.push(String(output.data["text/plain"]));
    },
    update(name, data) {
      this.shown.push(`${name}=${data["text/plain"]}`);
    },
    clear() {
      this.shown.push("cleared");
    },
    input: (prompt) => Promise.resolve(line === null ? null : prompt + line),
    started() {
      this.shown.push("started");
    },
    note(note) {
      this.shown.push(note);
    },
  };
}

async function run(kernel: Kernel, code: string, line: string | null = null): Promise<[string, string, string[]]> {
  const seen = receiver(line);
  const { status } = await kernel.execute("cell", code, seen);
  return [status, seen.text, seen.shown];
}

async function main(): Promise<void> {
  const told: Record<string, unknown> = {};
  const states: string[] = [];
  const kernel = createHubKernel(setup);
  kernel.listen({
    state: (state, trouble) => states.push(trouble === null ? state : `${state}:${trouble.code}`),
    progress: () => undefined,
    limits: (limits) => (told["limits"] = limits),
  });
  await kernel.start();
  told["first"] = await run(kernel, "print('salam')\n6 * 7");
  told["line"] = await run(kernel, "input('who? ')", "me");
  told["updated"] = await run(kernel, "h = display(1, display_id='n')\nh.update(2)\nfrom IPython.display import clear_output\nclear_output()");

  const counted = receiver();
  const counting = kernel.execute("cell", "import time\nfor n in range(12):\n    print(n)\n    time.sleep(0.1)", counted);
  const after = run(kernel, "'after'");
  while (!counted.text.includes("2")) await pause(0.02);
  sockets.at(-1)?.close();
  const meanwhile = run(kernel, "'asked for while away'");
  told["counting"] = [(await counting).status, counted.text.split(/\s+/).filter(Boolean).map(Number)];
  told["after"] = await after;
  told["meanwhile"] = await meanwhile;
  told["connections"] = sockets.length;

  const forever = run(kernel, "print('begun')\nwhile True: pass");
  const waiting = run(kernel, "1");
  await pause(0.5);
  const reloaded = createHubKernel(setup);
  const goingOn = receiver();
  reloaded.resumed(() => goingOn);
  await pause(0.5);
  told["reloaded"] = [reloaded.state, goingOn.text];
  reloaded.close();
  await kernel.interrupt();
  told["interrupted"] = [await forever, await waiting];

  const source = "x = '😀'.uppe";
  while (states.at(-1) !== "idle") await pause(0.02); // said after the last cell's end; a busy kernel completes nothing
  told["completed"] = await kernel.complete(source, source.length);
  told["explained"] = (await kernel.inspect("print", 3))?.includes("Prints the values");

  const other = createHubKernel(setup);
  const shared = receiver();
  const cells: string[] = [];
  other.resumed((cell) => (cells.push(cell), shared));
  await other.start();
  await run(kernel, "x = 5\nprint('shared')");
  await pause(0.3);
  told["other"] = [cells, shared.text, await run(other, "x")];
  other.close();

  await kernel.restart();
  told["restarted"] = await run(kernel, "x");
  told["died"] = await run(kernel, "import os\nos._exit(1)");
  await pause(0.2);
  told["state of a dead one"] = states.at(-1);
  await kernel.restart();
  told["alive"] = await run(kernel, "1 + 1");

  console.log("end it");
  while (kernel.state !== "dead") await pause(0.02);
  told["ended"] = states.at(-1);
  const looked = createHubKernel(setup);
  looked.resumed(() => null);
  await pause(0.5);
  told["none"] = looked.state;
  told["anew"] = await run(kernel, "2 + 2");
  told["states"] = states;
  console.log(JSON.stringify(told));
  process.exit(0);
}

void main();
