/**
 * JupyterLite ends a kernel that it starts twice, and rejects the start of it, which nobody waits for. Browsers
 * call that an error of the page; it is none.
 */

const ENDED = /^[0-9a-f-]{36} was disposed$/;

window.addEventListener("unhandledrejection", (event) => {
  if (ENDED.test(String(event.reason))) event.preventDefault();
});

export {};
