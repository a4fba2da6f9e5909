/**
 * A mend for the worker link that JupyterLite 0.8.6 uses on cross-origin isolated pages.
 *
 * The link posts a question and then begins to wait for the answer in shared memory. On a busy machine the
 * worker can be quicker, and the page then fails on an answer that is there already, or reads one that is half
 * written: the cell stays busy for good. Here a message leaves when the code that posts it has come to its end,
 * so the waiting has always begun. Messages keep their order.
 */

const post = Worker.prototype.postMessage as (this: Worker, ...message: unknown[]) => void;

Worker.prototype.postMessage = function (this: Worker, ...message: unknown[]): void {
  queueMicrotask(() => post.apply(this, message));
};

export {};
