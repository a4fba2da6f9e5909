/**
 * What a notebook's code may reach from the worker: Python's own files, and nothing in the learner's name.
 *
 * A notebook may come from anybody, and Python in the browser can use what the worker's script can. Requests to
 * this origin would carry the learner's session, so the ways to make them are taken out before any cell runs;
 * the content policy of the worker keeps everything else away from other hosts.
 */
const TAKEN_OUT = [
  "XMLHttpRequest", "WebSocket", "WebSocketStream", "WebTransport", "EventSource", "indexedDB", "caches",
  "Worker", "SharedWorker", "BroadcastChannel", "importScripts", "cookieStore",
];

/** Leave the worker `fetch` of addresses that begin with one of `allowed`, without cookies, and nothing else. */
export function confine(allowed: string[]): void {
  const fetch = self.fetch.bind(self);
  const careful = (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const address = new URL(input instanceof Request ? input.url : String(input), self.location.href).href;
    const method = (init?.method ?? (input instanceof Request ? input.method : "GET")).toUpperCase();
    if (method !== "GET" || !allowed.some((beginning) => address.startsWith(beginning))) {
      return Promise.reject(new TypeError("A lab's code reaches nothing outside of the lab."));
    }
    return fetch(address, { credentials: "omit", integrity: init?.integrity });
  };
  for (const name of TAKEN_OUT) replace(name, undefined);
  replace("fetch", careful);
}

/** Put a value in the place of a global, where code can neither find the old one nor bring it back. */
function replace(name: string, value: unknown): void {
  for (let holder: object | null = self; holder; holder = Object.getPrototypeOf(holder) as object | null) {
    if (Object.hasOwn(holder, name)) Reflect.deleteProperty(holder, name);
  }
  Object.defineProperty(self, name, { value, writable: false, configurable: false });
}
