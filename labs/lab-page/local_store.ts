/**
 * What this browser keeps of learners' work: encrypted, each under the key of its account.
 *
 * The server gives a secret for each account; from it comes a key that cannot be taken out of the browser again.
 * The key lies here while its account is signed in. When somebody signs out, or in with another account, keys
 * go (`forgetOthers`), and what is left is ciphertext under names that tell nothing: unsent work waits until its
 * owner signs in here again.
 */
import type { CheckResult } from "./check_plan";

const DATABASE = "darsgah-lab";
const KEYS = "keys";
const DRAFTS = "drafts";
const IV_BYTES = 12;

/** Work on one notebook, in one window of this browser. */
export interface DraftRecord {
  draftUrl: string;
  /** The window; a closed one's unsent work is taken over by the next. */
  client: string;
  /** The version on the server that the work began from, and its text. */
  version: number;
  base: string;
  here: string;
  /** Both texts of cells that wait for a choice. */
  conflicts: { cellId: string; here: string | null; there: string | null }[];
  /** Notebooks with what a choice took out of `here`, in order: each becomes a version before `here` is sent. */
  asides: string[];
  unsent: boolean;
  /** What the last checks said, by question. */
  checks?: Record<string, CheckResult>;
  csrfToken: string;
  savedAt: string | null;
}

interface Stored {
  /** Of the notebook and the window, without saying which. */
  id: string;
  account: string;
  unsent: boolean;
  iv: Uint8Array<ArrayBuffer>;
  content: ArrayBuffer;
}

/** The drafts of one account, readable while its key is here. */
export class LocalStore {
  constructor(
    private readonly database: IDBDatabase,
    private readonly account: string,
    private readonly key: CryptoKey,
  ) {}

  /** The windows' drafts of one notebook. */
  async read(draftUrl: string): Promise<DraftRecord[]> {
    return (await this.all()).filter((record) => record.draftUrl === draftUrl);
  }

  /** Every draft of the account that can be read; one that cannot is left alone. */
  async all(): Promise<DraftRecord[]> {
    const drafts = this.database.transaction(DRAFTS).objectStore(DRAFTS);
    const stored = (await done(drafts.index("account").getAll(this.account))) as Stored[];
    const opened = await Promise.all(stored.map((item) => this.open(item).catch(() => null)));
    return opened.filter((record) => record !== null);
  }

  /** Keep a draft in the place of this window's earlier one. */
  async write(record: DraftRecord): Promise<void> {
    const notebook = await this.nameOf(record.draftUrl);
    const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
    const text = new TextEncoder().encode(JSON.stringify(record));
    const content = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, this.key, text);
    const id = `${notebook}:${record.client}`;
    const stored: Stored = { id, account: this.account, unsent: record.unsent, iv, content };
    await changed(this.database, DRAFTS, (drafts) => drafts.put(stored));
  }

  /** Let go of a window's draft. */
  async remove(record: DraftRecord): Promise<void> {
    const id = `${await this.nameOf(record.draftUrl)}:${record.client}`;
    await changed(this.database, DRAFTS, (drafts) => drafts.delete(id));
  }

  private async open(stored: Stored): Promise<DraftRecord> {
    const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: stored.iv }, this.key, stored.content);
    return JSON.parse(new TextDecoder().decode(text)) as DraftRecord;
  }

  private async nameOf(draftUrl: string): Promise<string> {
    return base64url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${this.account} ${draftUrl}`)));
  }
}

/**
 * The store of an account; other accounts' keys are forgotten.
 *
 * @param secret 32 bytes in base64url, or empty for a page that this browser kept: then the key must be here.
 * @returns null where nothing can be kept: no secure context, a browser that stores nothing, a key that is gone.
 */
export async function openStore(account: string, secret: string): Promise<LocalStore | null> {
  if (typeof indexedDB === "undefined" || !globalThis.crypto?.subtle) return null;
  try {
    const database = await openDatabase();
    await forgetOthers(account, database);
    const key = secret ? await importKey(secret) : await heldKey(database, account);
    if (!key) return null;
    await changed(database, KEYS, (keys) => keys.put(key, account));
    return new LocalStore(database, account, key);
  } catch {
    return null;
  }
}

/** The store of whoever is signed in at this browser; null when nobody's key is here. */
export async function presentStore(): Promise<LocalStore | null> {
  const database = await openDatabase();
  const [account] = (await done(database.transaction(KEYS).objectStore(KEYS).getAllKeys())) as string[];
  return account === undefined ? null : openStore(account, "");
}

/** Forget the keys of every account but one, and what they have on the server anyway; unsent work stays locked. */
export async function forgetOthers(account: string, opened?: IDBDatabase): Promise<void> {
  const database = opened ?? (await openDatabase());
  const change = database.transaction([KEYS, DRAFTS], "readwrite");
  const keys = change.objectStore(KEYS);
  for (const other of (await done(keys.getAllKeys())) as string[]) if (other !== account) keys.delete(other);
  const drafts = change.objectStore(DRAFTS);
  for (const stored of (await done(drafts.getAll())) as Stored[]) {
    if (stored.account !== account && !stored.unsent) drafts.delete(stored.id);
  }
  await written(change);
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.addEventListener("upgradeneeded", () => {
    request.result.createObjectStore(KEYS);
    request.result.createObjectStore(DRAFTS, { keyPath: "id" }).createIndex("account", "account");
  });
  return done(request).then((database) => {
    // A newer release in another window must not wait for this one.
    database.addEventListener("versionchange", () => database.close());
    return database;
  });
}

function importKey(secret: string): Promise<CryptoKey> {
  const text = atob(secret.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
}

async function heldKey(database: IDBDatabase, account: string): Promise<CryptoKey | undefined> {
  return (await done(database.transaction(KEYS).objectStore(KEYS).get(account))) as CryptoKey | undefined;
}

function done<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("The browser's store failed.")));
  });
}

function changed(database: IDBDatabase, store: string, change: (store: IDBObjectStore) => void): Promise<void> {
  const transaction = database.transaction(store, "readwrite");
  change(transaction.objectStore(store));
  return written(transaction);
}

/** A request that went well is not yet on the disk: where that is full, the transaction is undone after it. */
function written(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.addEventListener("complete", () => resolve());
    transaction.addEventListener("abort", () => reject(transaction.error ?? new Error("The browser's store failed.")));
  });
}

function base64url(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
