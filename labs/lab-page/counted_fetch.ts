/**
 * `fetch` that says how many bytes of a download are there, and how many there will be.
 *
 * A reader sees unpacked bytes, people pay for packed ones: the server names both sizes, so what is read is
 * counted in the packed measure.
 */
export interface Count {
  loaded: number;
  total: number;
}

const UNPACKED_SIZE = "Darsgah-Size";

/** A `fetch` whose bodies are counted; files that this browser holds already are not, for they cost nothing. */
export function countedFetch(fetch: typeof self.fetch, report: (count: Count) => void): typeof self.fetch {
  const count: Count = { loaded: 0, total: 0 };
  return async (input, init) => {
    const held = await isHeld(input);
    const response = await fetch(input, init);
    const packed = Number(response.headers.get("Content-Length"));
    if (held || !response.ok || !response.body || !packed) return response;
    const share = packed / (Number(response.headers.get(UNPACKED_SIZE)) || packed);
    count.total += packed;
    report({ ...count });
    const counter = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        count.loaded += chunk.byteLength * share;
        report({ loaded: Math.round(count.loaded), total: count.total });
        controller.enqueue(chunk);
      },
    });
    return new Response(response.body.pipeThrough(counter), {
      status: response.status,
      headers: { "Content-Type": response.headers.get("Content-Type") ?? "" },
    });
  };
}

/** Whether the service worker answers from this browser's own store: then nothing is downloaded. */
async function isHeld(input: RequestInfo | URL): Promise<boolean> {
  if (typeof caches === "undefined") return false;
  return (await caches.match(input)) !== undefined;
}
