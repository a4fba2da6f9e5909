/**
 * Mends for the worker link that JupyterLite 0.8.6 uses on cross-origin isolated pages (coincident).
 *
 * Who asks posts a question and then waits, in shared memory, for its first number to change. The answer is
 * written there from the start, so an answer that is begun before the waiting is taken half written: the cell
 * stays busy for good, or Python does not start.
 * - Where the page asks, a message leaves when the code that posts it has come to its end, so the waiting has
 *   always begun. Messages keep their order.
 * - Where the worker asks, the page's answer is written beside, and its first number is moved over last.
 */

const CHANNEL = "64e10b34-2bf7-4616-9668-f99de5aa046e";
/** The name under which the link's messages travel: `[question, shared memory, ...what is asked]`. */

const post = Worker.prototype.postMessage as (this: Worker, ...message: unknown[]) => void;

Worker.prototype.postMessage = function (this: Worker, ...message: unknown[]): void {
  queueMicrotask(() => post.apply(this, message));
};

type Listening = (this: Worker, type: string, listener: unknown, ...options: unknown[]) => void;
const listen = Worker.prototype.addEventListener as Listening;
const leave = Worker.prototype.removeEventListener as Listening;
const whole = new WeakMap<Function, Function>();

Worker.prototype.addEventListener = function (this: Worker, type: string, listener: unknown, ...options: unknown[]): void {
  if (type !== "message" || typeof listener !== "function") return listen.call(this, type, listener, ...options);
  const mended = whole.get(listener) ?? answeredWhole(listener);
  whole.set(listener, mended);
  listen.call(this, type, mended, ...options);
} as typeof Worker.prototype.addEventListener;

Worker.prototype.removeEventListener = function (this: Worker, type: string, listener: unknown, ...options: unknown[]): void {
  const mended = type === "message" && typeof listener === "function" ? whole.get(listener) : undefined;
  leave.call(this, type, mended ?? listener, ...options);
} as typeof Worker.prototype.removeEventListener;

/** The listener, whose answers of several numbers appear to who waits only when they are complete. */
function answeredWhole(listener: Function): (this: unknown, event: MessageEvent) => unknown {
  return function (this: unknown, event: MessageEvent): unknown {
    const shared = placeOfAnswer(event.data);
    if (shared === null) return listener.call(this, event);
    event.stopImmediatePropagation();
    const written = new Int32Array(shared.length);
    const [question] = event.data[CHANNEL] as [unknown];
    const done: unknown = listener.call(this, new MessageEvent("message", { data: { [CHANNEL]: [question, written] } }));
    shared.set(written.subarray(1), 1);
    Atomics.store(shared, 0, written[0] ?? 0);
    Atomics.notify(shared, 0);
    return done;
  };
}

/** Where an answer's text is to be written; null for any other message. */
function placeOfAnswer(data: unknown): Int32Array | null {
  const message = typeof data === "object" && data !== null ? (data as Record<string, unknown>)[CHANNEL] : null;
  if (!Array.isArray(message) || message.length !== 2) return null;
  const place: unknown = message[1];
  return place instanceof Int32Array && place.buffer instanceof SharedArrayBuffer ? place : null;
}

export {};
