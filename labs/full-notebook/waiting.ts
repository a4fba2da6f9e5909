/**
 * A mend for the worker link that JupyterLite 0.8.6 uses on cross-origin isolated pages.
 *
 * Between asking its worker and waiting for the answer the page loses a moment. Where the worker was quicker,
 * `Atomics.waitAsync` says so at once with a plain value, of which the link expects a promise: the cell then
 * stays busy for good. Here it is a promise always.
 */

interface Waiting {
  async: boolean;
  value: string | Promise<string>;
}

type WaitAsync = (array: Int32Array, index: number, value: number, timeout?: number) => Waiting;

const atomics = Atomics as unknown as { waitAsync?: WaitAsync };
const original = atomics.waitAsync;

if (original) {
  atomics.waitAsync = (array, index, value, timeout) => {
    const waiting = original.call(Atomics, array, index, value, timeout);
    return waiting.async ? waiting : { async: true, value: Promise.resolve(waiting.value) };
  };
}

export {};
