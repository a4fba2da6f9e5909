/** A worker that asks the page, as JupyterLite's link does, and looks at the answer's memory while it is written. */
const CHANNEL = "64e10b34-2bf7-4616-9668-f99de5aa046e";

class Asking extends EventTarget {
  postMessage(): void {}
}

Object.assign(globalThis, { Worker: Asking });
await import("../../labs/full-notebook/waiting");

/** What stands in the shared memory's first number at each character written, at the end, and all of the text. */
export function answered(text: string): { meanwhile: number[]; text: string; others: number } {
  const worker = new Asking() as unknown as Worker;
  const shared = new Int32Array(new SharedArrayBuffer(text.length * 2));
  const meanwhile: number[] = [];
  let others = 0;
  const listener = (event: MessageEvent): void => {
    if (event.data[CHANNEL] === undefined) return void (others += 1);
    event.stopImmediatePropagation();
    const place = new Uint16Array(event.data[CHANNEL][1].buffer);
    for (let index = 0; index < text.length; index += 1) {
      place[index] = text.charCodeAt(index);
      meanwhile.push(shared[0] ?? -1);
    }
  };
  worker.addEventListener("message", listener);
  worker.dispatchEvent(new MessageEvent("message", { data: { [CHANNEL]: [1, shared] } }));
  worker.dispatchEvent(new MessageEvent("message", { data: "another's" }));
  worker.removeEventListener("message", listener);
  worker.dispatchEvent(new MessageEvent("message", { data: "after it left" }));
  return { meanwhile, text: new TextDecoder("utf-16").decode(new Uint16Array(shared.buffer).slice()), others };
}
