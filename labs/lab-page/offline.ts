/** The lab page's side of working without a link: the service worker, what it holds, and what it is told. */
import type { LabData } from "./lab_data";

const SERVICE_WORKER = "/service-worker.js";
export const SYNC_TAG = "darsgah-drafts";

/** What pages tell the service worker. */
export type ToServiceWorker = { kind: "hold"; addresses: string[] } | { kind: "page"; address: string };
/** What the service worker tells pages: who is signed in now; after a sign-out an account that there is not. */
export interface FromServiceWorker {
  kind: "owner";
  account: string;
}

interface SyncRegistration extends ServiceWorkerRegistration {
  sync?: { register(tag: string): Promise<void> };
}

/** Let the service worker serve this page, its files and the lab's data when the link is gone. */
export function serveOffline(data: LabData): void {
  const container = navigator.serviceWorker;
  if (!container) return;
  container.register(SERVICE_WORKER, { scope: "/", updateViaCache: "none" }).catch(() => undefined);
  const files = data.kernel.files.map(({ url }) => new URL(url, location.href).href);
  const pages = [location.href, data.assignment.course, data.assignment.page, "/today"];
  for (const page of pages) tell(() => ({ kind: "page", address: new URL(page, location.href).href }));
  tell(() => ({ kind: "hold", addresses: [...loaded(), ...files] }));
}

/** Let the service worker hold files that this page fetched. */
export function holdOffline(addresses: string[]): void {
  tell(() => ({ kind: "hold", addresses }));
}

/** Let unsent work be sent when the link is back, even with this page closed, where the browser can do that. */
export function sendWhenLinked(): void {
  const container = navigator.serviceWorker;
  if (!container?.controller) return;
  void container.ready
    .then((registration) => (registration as SyncRegistration).sync?.register(SYNC_TAG))
    .catch(() => undefined);
}

/** Call when somebody signed in or out in another window of this browser. */
export function onOwner(take: (account: string) => void, signal: AbortSignal): void {
  const hear = ({ data }: MessageEvent<FromServiceWorker>): void => take(data.account);
  navigator.serviceWorker?.addEventListener("message", hear, { signal });
}

/** The token of a page loaded anew; null when somebody else is signed in, or nobody. */
export async function freshToken(account: string): Promise<string | null> {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const text = page.getElementById("lab-data")?.textContent;
  if (!text) return null;
  const data = JSON.parse(text) as LabData;
  return data.account.key === account ? data.csrfToken : null;
}

/** What this page has loaded so far, from a worker that was not there yet to see it. */
function loaded(): string[] {
  return performance.getEntriesByType("resource").map(({ name }) => name).filter((address) => address.startsWith(location.origin));
}

function tell(message: () => ToServiceWorker): void {
  const container = navigator.serviceWorker;
  void container?.ready.then((registration) => registration.active?.postMessage(message()));
}
