/**
 * The service worker: what a learner opened before goes on when the link is gone.
 *
 * Files with a hash in their address come from here first; pages come from the network first, and as they were
 * when it fails; answers of the API and everything that changes something are left alone. Who is signed in is
 * read from each page: when somebody leaves or another one comes, the pages, the key of the one before and what
 * the server has of their work go, and only their unsent work stays, locked (`local_store.ts`).
 */
import { saveDraft } from "./draft_server";
import { heldFile, hold, isForever } from "./held_files";
import { forgetPages, isShownLater, keepPage, keptAccounts, keptOfflinePage, keptPage } from "./kept_pages";
import { forgetOthers, presentStore } from "./local_store";
import { ACCOUNT_HEADER, NOBODY, SYNC_TAG, type OwnerMessage, type ToServiceWorker } from "./offline";
import { openWindows } from "./window_name";

interface SyncEvent extends ExtendableEvent {
  tag: string;
}

const worker = self as unknown as ServiceWorkerGlobalScope;
/** Public words for a device on which nobody is signed in. */
const PLAIN = "darsgah-plain-1";
const CACHES = /^darsgah-(files-1|plain-1|pages-1-.*)$/;
const OFFLINE = "/offline";
const SIGN_OUT = "/sign-out";
/** A proxy's words for a server that is not there. */
const AWAY = new Set([502, 503, 504]);

/** Whose device it was when this worker last looked, since it was started. */
let owner: string | null = null;
/** Grows when somebody signs out here: what was asked for before tells nothing of who is here after. */
let signOuts = 0;
/** Messages are heard one after another: a page says whose it is before its data files are held. */
let heard: Promise<void> = Promise.resolve();

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));
worker.addEventListener("message", (event) => {
  heard = heard.then(() => hear(event.data as ToServiceWorker)).catch(() => undefined);
  event.waitUntil(heard);
});
worker.addEventListener("sync", (event) => {
  if ((event as SyncEvent).tag === SYNC_TAG) (event as SyncEvent).waitUntil(sendUnsent());
});
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== worker.location.origin) return;
  const later = (work: Promise<unknown>): void => event.waitUntil(work.catch(() => undefined));
  if (request.method === "POST" && pathname === SIGN_OUT) event.respondWith(signOut(request));
  else if (request.method !== "GET" || pathname.startsWith("/api/")) return;
  else if (isForever(request.url)) event.respondWith(heldFile(request, later));
  else if (request.mode === "navigate") event.respondWith(page(request, later));
  else if (isShownLater(request.url)) event.respondWith(dataFile(request, later));
});

async function install(): Promise<void> {
  const words = await fetch(OFFLINE, { credentials: "omit" });
  if (words.ok) await (await caches.open(PLAIN)).put(OFFLINE, words);
  await worker.skipWaiting();
}

async function activate(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("darsgah-") && !CACHES.test(name));
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

async function hear(message: ToServiceWorker): Promise<void> {
  if (message.kind === "page") await lookAgain(message.address);
  else {
    await hold(message.addresses);
    const [account] = await keptAccounts();
    const files = message.addresses.filter((address) => !isForever(address) && isShownLater(address));
    for (const address of account === undefined ? [] : files) {
      const response = await fetch(address);
      if (response.ok && account !== undefined) await keepFor(account, address, response);
    }
  }
}

/** A page that came before this worker was there, or that is wanted beside one. */
async function lookAgain(address: string): Promise<void> {
  if (await keptPage(address, undefined)) return;
  const before = signOuts;
  await look(address, await fetch(address, { headers: { Accept: "text/html" } }), before);
}

async function page(request: Request, later: (work: Promise<unknown>) => void): Promise<Response> {
  const before = signOuts;
  try {
    const response = await fetch(request);
    if (!AWAY.has(response.status)) {
      later(look(request.url, response.clone(), before));
      return response;
    }
    return (await keptPage(request.url, await plainWords())) ?? response;
  } catch {
    return (await keptPage(request.url, await plainWords())) ?? (await offlinePage());
  }
}

async function dataFile(request: Request, later: (work: Promise<unknown>) => void): Promise<Response> {
  try {
    const response = await fetch(request);
    const copy = response.clone();
    const keep = async (): Promise<void> => {
      const [account] = await keptAccounts();
      if (account !== undefined && copy.ok) await keepFor(account, request.url, copy);
    };
    later(keep());
    return response;
  } catch {
    return (await keptPage(request.url, undefined)) ?? Response.error();
  }
}

/**
 * See from a page who is here now, and keep it for them when it is worth keeping.
 *
 * @param before how often somebody had signed out when the page was asked for
 */
async function look(address: string, response: Response, before: number): Promise<void> {
  const account = response.headers.get(ACCOUNT_HEADER);
  if (account === null || !response.ok || (account !== NOBODY && before !== signOuts)) return;
  await settle(account);
  if (account === NOBODY || !isShownLater(response.url || address)) return;
  await keepFor(account, response.url || address, response);
  if (!(await keptOfflinePage())) await keepFor(account, new URL(OFFLINE, address).href, await fetch(OFFLINE));
}

/** Keep a page for somebody, unless they sign out, or another one comes, before all of it is here. */
async function keepFor(account: string, address: string, response: Response): Promise<void> {
  await keepPage(account, address, response);
  if (owner !== null && owner !== account) await forgetPages(account);
}

/** From now on this device is that account's: what it kept for others goes. */
async function settle(account: string): Promise<void> {
  if (owner === account) return;
  owner = account;
  const others = (await keptAccounts()).filter((other) => other !== account);
  await Promise.all(others.map((other) => forgetPages(other)));
  await forgetOthers(account);
  // A session that merely ended leaves open windows as they are: their learner signs in again.
  if (account !== NOBODY) await tellOwner(account);
}

async function signOut(request: Request): Promise<Response> {
  signOuts += 1;
  await settle(NOBODY);
  try {
    return await fetch(request);
  } catch {
    // Here everything is locked already; the session itself ends when the server hears of it.
    return offlinePage();
  } finally {
    // Only now: a window that loads itself again while the session lasts would show the same work once more.
    await tellOwner(NOBODY);
  }
}

/** Pages of whoever left must not stay on the screen, and whoever came back has work to send. */
async function tellOwner(account: string): Promise<void> {
  const message: OwnerMessage = { kind: "owner", account };
  for (const client of await worker.clients.matchAll({ type: "window" })) client.postMessage(message);
}

async function plainWords(): Promise<Response | undefined> {
  return (await caches.open(PLAIN)).match(OFFLINE);
}

async function offlinePage(): Promise<Response> {
  return (await keptOfflinePage()) ?? (await plainWords()) ?? Response.error();
}

/** Send what closed windows left unsent; what needs a person or more than one version waits for the lab page. */
async function sendUnsent(): Promise<void> {
  const store = await presentStore();
  const [account] = await keptAccounts();
  if (!store || account === undefined) return;
  const open = await openWindows();
  for (const record of await store.all()) {
    if (!record.unsent || record.conflicts.length || record.asides.length || open.has(record.client)) continue;
    const { draftUrl, client, csrfToken, version, here } = record;
    const answer = await saveDraft({ draftUrl, account, client, csrfToken, version, text: here, leaving: false });
    if (answer.kind === "lost") throw new Error("There is no link yet.");
    if (answer.kind !== "ok") continue;
    await store.write({ ...record, unsent: false, base: here, version: answer.version, savedAt: answer.savedAt });
  }
}
