/**
 * The worker that runs a notebook's cells: Pyodide, and our Python shell in it (`python/lab_shell`).
 *
 * One cell runs at a time; the page keeps the queue (`browser_kernel.ts`). While Python computes, no message is
 * heard: an interrupt and the answers of `input()` come through shared memory.
 */
import type { PyodideAPI } from "pyodide";
import type { PyCallable, PyProxy } from "pyodide/ffi";
import { countedFetch } from "./counted_fetch";
import type { KernelTrouble } from "./kernel";
import { ANSWER, ANSWERED, ANSWER_LENGTH, CONTROL_BYTES, INTERRUPT, SIGNAL } from "./kernel_messages";
import type { FromWorker, Shown, Start, ToWorker } from "./kernel_messages";
import { confine } from "./worker_confinement";

interface Shell extends PyProxy {
  run(source: string, count: number): Promise<"ok" | "error">;
  stop(): void;
  plain(source: string): string;
  complete(prefix: string): string;
  inspect(source: string, cursor: number): string | undefined;
}

const SHELL_FOLDER = "/lib/lab";
const PAGE = 65_536;
/** Bytes without which the browser's Python does not begin. */
const LEAST_MEMORY = 2 ** 27;
const LONGEST_WAIT = 2 ** 31 - 1;

const post: (message: FromWorker) => void = self.postMessage.bind(self);
let pyodide: PyodideAPI;
let shell: Shell;
let control: Int32Array | null = null;
let answerBytes: Uint8Array | null = null;

self.addEventListener("message", (event: MessageEvent<ToWorker>) => void hear(event.data));

async function hear(message: ToWorker): Promise<void> {
  switch (message.kind) {
    case "start":
      await start(message).catch((error: unknown) => post({ kind: "failed", trouble: troubleOfStart(error) }));
      break;
    case "run":
      await run(message.source, message.count);
      break;
    case "stop":
      // This is heard only while Python waits: the signal would stop what comes next instead.
      if (control) Atomics.store(control, SIGNAL, 0);
      shell.stop();
      break;
    case "complete":
      post({ kind: "answer", id: message.id, value: answered(() => shell.complete(message.prefix)) });
      break;
    case "inspect":
      post({ kind: "answer", id: message.id, value: answered(() => shell.inspect(message.source, message.cursor)) });
      break;
  }
}

async function start(message: Start): Promise<void> {
  const runtime = new URL(message.runtimeUrl, self.location.origin).href;
  if (message.control) {
    control = new Int32Array(message.control, 0, CONTROL_BYTES / 4);
    answerBytes = new Uint8Array(message.control, CONTROL_BYTES);
  }
  bound(message.memoryBytes);
  self.fetch = countedFetch(self.fetch.bind(self), (count) =>
    post({ kind: "progress", progress: { stage: "download", ...count } }),
  );
  const { loadPyodide } = (await import(`${runtime}pyodide.mjs`)) as typeof import("pyodide");
  const [loaded, archive, ...contents] = await Promise.all([
    loadPyodide({ indexURL: runtime }),
    bytesOf(new URL("python.zip", self.location.href).href),
    ...message.files.map((file) => bytesOf(file.url)),
  ]);
  post({ kind: "progress", progress: { stage: "start", loaded: 0, total: 0 } });
  pyodide = loaded;
  // Python that ends within its own event loop rejects nothing that is awaited here.
  (loaded as unknown as { _api: { on_fatal: (error: unknown) => void } })._api.on_fatal = (error) => {
    for (const kind of ["error", "unhandledrejection"]) self.addEventListener(kind, (event) => event.preventDefault());
    post({ kind: "failed", trouble: troubleOfRun(error) });
  };
  message.files.forEach((file, index) => layFile(file.path, contents[index] ?? new Uint8Array()));
  confine([runtime]);
  beginShell(archive);
  if (control) pyodide.setInterruptBuffer(control.subarray(SIGNAL, SIGNAL + 1));
  const addresses = [self.location.href, ...performance.getEntriesByType("resource").map(({ name }) => name)];
  post({ kind: "ready", addresses, version: pyodide.runPython("'{}.{}'.format(*__import__('sys').version_info)") as string });
}

/** Where more is refused, Python raises MemoryError; by itself it would grow to four gigabytes. */
function bound(bytes: number): void {
  const { grow } = WebAssembly.Memory.prototype;
  WebAssembly.Memory.prototype.grow = function (this: WebAssembly.Memory, pages: number): number {
    if (this.buffer.byteLength + pages * PAGE > Math.max(bytes, LEAST_MEMORY)) throw new RangeError("The lab's memory is used up.");
    return grow.call(this, pages);
  };
}

async function bytesOf(address: string): Promise<Uint8Array> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} answered with ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Put a data file of the lab where the notebook reads it. */
function layFile(path: string, content: Uint8Array): void {
  const folder = path.split("/").slice(0, -1).join("/");
  if (folder) pyodide.FS.mkdirTree(folder);
  pyodide.FS.writeFile(path, content);
}

function beginShell(archive: Uint8Array): void {
  pyodide.FS.mkdirTree(SHELL_FOLDER);
  pyodide.unpackArchive(archive, "zip", { extractDir: SHELL_FOLDER });
  const path = pyodide.pyimport("sys").path as PyProxy & { append(folder: string): void };
  path.append(SHELL_FOLDER);
  const send = (text: string): void => post({ kind: "shown", shown: JSON.parse(text) as Shown });
  const made = (pyodide.pyimport("lab_shell.shell") as PyProxy & { Shell: PyCallable }).Shell;
  shell = made.callKwargs(send, { ask, sleep }, { waits: control !== null }) as Shell;
  // What C code prints goes past Python's streams.
  const raw = (name: "stdout" | "stderr") => ({
    batched: (text: string) => post({ kind: "shown", shown: { kind: "output", output: { output_type: "stream", name, text: `${text}\n` } } }),
  });
  pyodide.setStdout(raw("stdout"));
  pyodide.setStderr(raw("stderr"));
}

async function run(source: string, count: number): Promise<void> {
  const begun = performance.now();
  const { PythonError } = pyodide.ffi;
  let status: "ok" | "error" = "error";
  try {
    await loadImports(source);
    status = await shell.run(source, count);
  } catch (error) {
    if (!(error instanceof PythonError)) {
      post({ kind: "failed", trouble: troubleOfRun(error) });
      return;
    }
    // An interrupt that came between the cell and the shell around it.
    showError(error.type, error.type === "KeyboardInterrupt" ? "the cell was stopped" : error.message);
  }
  const memoryBytes = (pyodide as unknown as { _module: { HEAP8: Int8Array } })._module.HEAP8.length;
  post({ kind: "done", status, seconds: (performance.now() - begun) / 1000, memoryBytes });
}

/** Load the wheels of the operator's folder that the cell imports. */
async function loadImports(source: string): Promise<void> {
  if (Object.keys(pyodide.lockfile.packages).length === 0) return;
  const quiet = { messageCallback: () => undefined, errorCallback: () => undefined };
  await pyodide.loadPackagesFromImports(shell.plain(source), quiet).catch((error: unknown) => {
    showError("ImportError", `A package could not be loaded: ${String(error)}`);
  });
}

function showError(ename: string, evalue: string): void {
  const output = { output_type: "error" as const, ename, evalue, traceback: [`${ename}: ${evalue}`] };
  post({ kind: "shown", shown: { kind: "output", output } });
}

/** An answer for the editor: a fault in looking something up is no fault of the learner's, and shows nothing. */
function answered(look: () => string | undefined): string | null {
  try {
    return look() ?? null;
  } catch (error) {
    if (error instanceof pyodide.ffi.PythonError) return null;
    throw error;
  }
}

/** Called by `input()`: wait until the page has a line; undefined when the learner gave up. */
function ask(prompt: string, password: boolean): string | undefined {
  if (!control || !answerBytes) return undefined;
  Atomics.store(control, ANSWER, 0);
  post({ kind: "ask", prompt, password });
  while (Atomics.load(control, ANSWER) === 0) Atomics.wait(control, ANSWER, 0);
  Atomics.store(control, SIGNAL, 0);
  if (Atomics.load(control, ANSWER) !== ANSWERED) return undefined;
  // A decoder takes no shared memory, so the bytes are copied.
  return new TextDecoder().decode(answerBytes.slice(0, Atomics.load(control, ANSWER_LENGTH)));
}

/** Called by `time.sleep()`: wait without work; true when the learner stopped the cell. */
function sleep(seconds: number): boolean {
  if (!control) return false;
  const until = performance.now() + seconds * 1000;
  for (let left = seconds * 1000; left > 0; left = until - performance.now()) {
    Atomics.wait(control, SIGNAL, 0, Math.min(left, LONGEST_WAIT));
    if (Atomics.compareExchange(control, SIGNAL, INTERRUPT, 0) === INTERRUPT) return true;
  }
  return false;
}

function troubleOfStart(error: unknown): KernelTrouble {
  const detail = error instanceof Error ? error.message : String(error);
  if (typeof WebAssembly === "undefined") return { code: "unsupported", detail };
  if (/memory|allocation/i.test(detail)) return { code: "memory", detail };
  // What could not be fetched is a TypeError, in every browser with other words.
  return { code: error instanceof TypeError || !navigator.onLine ? "offline" : "failed", detail };
}

function troubleOfRun(error: unknown): KernelTrouble {
  const detail = error instanceof Error ? error.message : String(error);
  return { code: /out of memory|allocation/i.test(detail) ? "memory" : "ended", detail };
}
