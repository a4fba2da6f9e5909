/**
 * A name for this window that stays when the page is loaded again, and tells closed windows from open ones.
 *
 * An open window holds a lock under its name. A window that was duplicated finds its name taken, and takes
 * another one.
 */
import { randomName } from "./random_name";

const STORED = "darsgah-window";
const LOCK = "darsgah-window-";

let claimed: Promise<string> | null = null;

/** This window's name, held until the page goes. */
export function claimWindow(): Promise<string> {
  return (claimed ??= claim());
}

async function claim(): Promise<string> {
  const before = stored();
  const name = before && (await hold(before)) ? before : randomName();
  if (name !== before) await hold(name);
  try {
    sessionStorage.setItem(STORED, name);
  } catch {
    // A browser that stores nothing forgets the window's name with the page.
  }
  return name;
}

/** The names of the windows that are open now. */
export async function openWindows(): Promise<Set<string>> {
  const held = (await navigator.locks?.query())?.held ?? [];
  return new Set(held.flatMap(({ name }) => (name?.startsWith(LOCK) ? [name.slice(LOCK.length)] : [])));
}

function stored(): string | null {
  try {
    return sessionStorage.getItem(STORED);
  } catch {
    return null;
  }
}

/** Hold the name's lock as long as the page lives; false when another window does. */
function hold(name: string): Promise<boolean> {
  if (!navigator.locks) return Promise.resolve(false);
  return new Promise((resolve) => {
    void navigator.locks.request(LOCK + name, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock === null ? undefined : new Promise(() => undefined);
    });
  });
}
