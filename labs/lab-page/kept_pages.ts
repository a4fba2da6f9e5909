/**
 * Pages that this browser keeps for the account that is signed in, and shows when the link is gone.
 *
 * Each account has a cache under its own opaque name; there is one at a time. What locks the learner's work is
 * cut out of a page before it is kept.
 */
import { dayAndTime } from "./moments";

const PREFIX = "darsgah-pages-1-";
const MOST = 100;
const KEPT_AT = "Darsgah-Kept";
const HEADERS = [
  "Content-Type", "Content-Language", "Content-Security-Policy", "Cross-Origin-Opener-Policy",
  "Cross-Origin-Embedder-Policy", "Cross-Origin-Resource-Policy", "Referrer-Policy", "X-Content-Type-Options",
];
const SHOWN_LATER = [/^\/today$/, /^\/cohorts\/.+/, /^\/assignments\/[^/]+$/, /^\/assignments\/[^/]+\/(lab|files\/.+)$/, /^\/courses\/.+/];
const LAB = /^\/assignments\/[^/]+\/lab$/;
const SECRET = /"secret":"[^"]*"/;
const OFFLINE = "/offline";

/** Whether an address is worth keeping: what a learner works with. */
export function isShownLater(address: string): boolean {
  const { pathname } = new URL(address);
  return SHOWN_LATER.some((path) => path.test(pathname));
}

/** Keep a page or a data file for an account, in the place of an earlier one. */
export async function keepPage(account: string, address: string, response: Response): Promise<void> {
  const headers = new Headers({ [KEPT_AT]: new Date().toISOString() });
  for (const name of HEADERS) {
    const value = response.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  const isPage = headers.get("Content-Type")?.startsWith("text/html");
  const body = isPage ? (await response.text()).replace(SECRET, '"secret":""') : await response.arrayBuffer();
  const cache = await caches.open(PREFIX + account);
  await cache.delete(address);
  await cache.put(address, new Response(body, { headers }));
  const addresses = await cache.keys();
  await Promise.all(addresses.slice(0, -MOST).map((request) => cache.delete(request)));
}

/** The accounts that pages are kept for. */
export async function keptAccounts(): Promise<string[]> {
  return (await caches.keys()).filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length));
}

export async function forgetPages(account: string): Promise<void> {
  await caches.delete(PREFIX + account);
}

/** The page as it was kept, with a note above it that it is of before; the lab page shows its own state. */
export async function keptPage(address: string, offlinePage: Response | undefined): Promise<Response | null> {
  const [account] = await keptAccounts();
  if (account === undefined) return null;
  const cache = await caches.open(PREFIX + account);
  const kept = await cache.match(address, { ignoreVary: true });
  if (!kept) return null;
  const isPage = kept.headers.get("Content-Type")?.startsWith("text/html");
  if (!isPage || LAB.test(new URL(address).pathname)) return kept;
  const words = (await cache.match(OFFLINE)) ?? offlinePage;
  const note = words ? noteOf(await words.clone().text(), kept) : "";
  const page = (await kept.text()).replace(/<main\b[^>]*>/, (opening) => opening + note);
  return new Response(page, { headers: kept.headers });
}

/** The offline page in the learner's own language, kept beside their pages. */
export async function keptOfflinePage(): Promise<Response | undefined> {
  const [account] = await keptAccounts();
  return account === undefined ? undefined : (await caches.open(PREFIX + account)).match(OFFLINE);
}

function noteOf(offlinePage: string, kept: Response): string {
  const language = /<html lang="(\w+)"/.exec(offlinePage)?.[1] ?? "en";
  const note = /<template id="seen-before">([^]*?)<\/template>/.exec(offlinePage)?.[1] ?? "";
  const moment = new Date(kept.headers.get(KEPT_AT) ?? Date.now());
  return note.replace("{time}", dayAndTime(moment, language));
}
