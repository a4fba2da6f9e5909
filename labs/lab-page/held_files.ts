/**
 * Files whose addresses carry the hash of their content: scripts, styles, and the browser's Python. Held once, they
 * are served from here for good; a new version of a file takes the place of the old one.
 */
const FILES = "darsgah-files-1";
const FOREVER = /^\/(static|runtime)\//;
const HASH = /\.[0-9a-f]{12}(?=\.\w+$)/;
const RUNTIME = /^\/runtime\/(kernel-)?[^/]*\//;
/** Scripts of the lab page, whose pieces have names that are all alike: the latest are kept. */
const SCRIPT_OF_LAB = /^\/static\/vendor\/lab\/.*\.js$/;
const MOST_PIECES = 80;
const PIECE = /["'](\.\/[\w.-]+\.js)["']/g;

/** Whether what is at an address never changes. */
export function isForever(address: string): boolean {
  return FOREVER.test(new URL(address).pathname);
}

/** The file from here, or from the network and then held. */
export async function heldFile(request: Request, later: (work: Promise<unknown>) => void): Promise<Response> {
  const cache = await caches.open(FILES);
  const held = await cache.match(request.url, { ignoreVary: true });
  if (held) return held;
  const response = await fetch(request);
  if (response.ok) later(put(cache, request.url, response.clone()));
  return response;
}

/** Fetch and hold files that are not here; a script of the lab page brings the pieces that it may load later. */
export async function hold(addresses: string[]): Promise<void> {
  const cache = await caches.open(FILES);
  const seen = new Set<string>();
  const waiting = [...addresses];
  for (let address = waiting.pop(); address !== undefined; address = waiting.pop()) {
    if (seen.has(address) || !isForever(address)) continue;
    seen.add(address);
    let file = await cache.match(address, { ignoreVary: true });
    if (!file) {
      file = await fetch(address);
      if (!file.ok) continue;
      await put(cache, address, file.clone());
    }
    if (SCRIPT_OF_LAB.test(new URL(address).pathname)) {
      for (const [, piece] of (await file.text()).matchAll(PIECE)) waiting.push(new URL(piece ?? "", address).href);
    }
  }
}

async function put(cache: Cache, address: string, response: Response): Promise<void> {
  await cache.put(address, response);
  const requests = await cache.keys();
  const pieces = requests.filter(({ url }) => SCRIPT_OF_LAB.test(new URL(url).pathname));
  const old = [...requests.filter(({ url }) => isEarlier(url, address)), ...pieces.slice(0, -MOST_PIECES)];
  await Promise.all(old.map((request) => cache.delete(request)));
}

/** Whether a file was of an earlier version of the same: of the runtime a whole folder, else a file of that name. */
function isEarlier(other: string, address: string): boolean {
  const [old, now] = [new URL(other).pathname, new URL(address).pathname];
  const [folder, present] = [RUNTIME.exec(old), RUNTIME.exec(now)];
  if (folder && present) return folder[1] === present[1] && folder[0] !== present[0];
  return old !== now && HASH.test(old) && old.replace(HASH, "") === now.replace(HASH, "");
}
