/**
 * JupyterLab's files are the learner's drafts on the server, the same ones that the lab page keeps.
 *
 * Nothing is stored in the browser, so that a shared machine shows nobody another one's work. A save names the
 * version it stands on; when somebody saved elsewhere meanwhile, JupyterLab sees another modification time,
 * asks, and what loses stays among the draft's versions. `last_modified` is the server's time of the version,
 * never the clock's: a time that moves by itself would make every save ask.
 */
import { randomName } from "../lab-page/random_name";
import type { CheckpointModel, FetchOptions, FileChange, Model, Signal } from "./jupyterlab";
import { words, type Setup } from "./setup";

interface Draft {
  name: string;
  version: number;
  saved_at: string;
  size: number;
}

const NEVER = "1970-01-01T00:00:00Z";
const ENDING = ".ipynb";

/** Names the window in the draft's history, so that one window's saves are folded together. */
const WINDOW = randomName();

/** A `Contents.IDrive` over the drafts of one lab. */
export class DraftDrive {
  readonly name = "";
  readonly serverSettings: unknown;
  readonly fileChanged: Signal<this, FileChange>;
  isDisposed = false;
  private readonly versions = new Map<string, { version: string; savedAt: string }>();

  constructor(
    private readonly setup: Setup,
    makeSignal: (sender: object) => Signal<object, FileChange>,
    serverSettings: unknown,
  ) {
    this.serverSettings = serverSettings;
    this.fileChanged = makeSignal(this) as Signal<this, FileChange>;
  }

  dispose(): void {
    this.isDisposed = true;
  }

  async get(path: string, options: FetchOptions = {}): Promise<Model> {
    const notebook = this.notebookAt(path);
    if (notebook !== null) return this.notebook(notebook, options.content !== false);
    const file = this.setup.files.find((each) => each.path === path);
    if (file) return this.dataFile(file, options.content !== false);
    const known = path === "" || this.setup.files.some((each) => each.path.startsWith(`${path}/`));
    if (known) return this.folder(path, options.content !== false);
    throw await this.refusal(404, "There is no such file in this lab.");
  }

  async getDownloadUrl(path: string): Promise<string> {
    const file = this.setup.files.find((each) => each.path === path);
    const notebook = this.notebookAt(path);
    if (file) return file.url;
    if (notebook !== null) return this.draftUrl(notebook);
    throw await this.refusal(404, "There is no such file in this lab.");
  }

  async save(path: string, model: Partial<Model> = {}): Promise<Model> {
    const notebook = this.notebookAt(path);
    if (notebook === null) throw await this.onlyNotebooks();
    if (!this.versions.has(notebook)) await this.notebook(notebook, false);
    const stands = this.versions.get(notebook);
    const body = JSON.stringify(model.content);
    const answer = await this.send(this.draftUrl(notebook), {
      method: "PUT",
      body,
      headers: {
        "Content-Type": "application/json",
        "If-Match": `"${stands?.version ?? "0"}"`,
        "X-Client": WINDOW,
        "X-CSRF-Token": this.setup.csrfToken,
        "X-Account": this.setup.account,
      },
    });
    const saved = (await answer.json()) as Draft;
    this.versions.set(notebook, { version: String(saved.version), savedAt: saved.saved_at });
    const kept = this.notebookModel(notebook, null, saved.size);
    this.fileChanged.emit({ type: "save", oldValue: null, newValue: kept });
    return kept;
  }

  async newUntitled(): Promise<Model> {
    throw await this.onlyNotebooks();
  }

  async delete(): Promise<void> {
    throw await this.onlyNotebooks();
  }

  async rename(): Promise<Model> {
    throw await this.onlyNotebooks();
  }

  async copy(): Promise<Model> {
    throw await this.onlyNotebooks();
  }

  /** The server keeps versions by itself; JupyterLab's checkpoint stands for the newest. */
  async createCheckpoint(path: string): Promise<CheckpointModel> {
    const model = await this.get(path, { content: false });
    return { id: "draft", last_modified: model.last_modified };
  }

  async listCheckpoints(path: string): Promise<CheckpointModel[]> {
    return [await this.createCheckpoint(path)];
  }

  async restoreCheckpoint(): Promise<void> {
    /* The newest version is what is open already. */
  }

  async deleteCheckpoint(): Promise<void> {
    /* Versions are the server's to fold. */
  }

  private notebookAt(path: string): string | null {
    const name = path.endsWith(ENDING) ? path.slice(0, -ENDING.length) : "";
    return this.setup.notebooks.includes(name) ? name : null;
  }

  private draftUrl(notebook: string): string {
    return `${this.setup.draftsUrl}/${encodeURIComponent(notebook)}`;
  }

  private async notebook(name: string, withContent: boolean): Promise<Model> {
    if (!withContent) {
      const answer = await this.send(this.setup.draftsUrl, {});
      const drafts = (await answer.json()) as Draft[];
      const draft = drafts.find((each) => each.name === name);
      this.versions.set(name, { version: String(draft?.version ?? 0), savedAt: draft?.saved_at ?? NEVER });
      return this.notebookModel(name, null, draft?.size);
    }
    const answer = await this.send(this.draftUrl(name), {});
    const version = (answer.headers.get("ETag") ?? '"0"').replace(/^W\//, "").replaceAll('"', "");
    const savedAt = answer.headers.get("Last-Modified");
    this.versions.set(name, { version, savedAt: savedAt ? new Date(savedAt).toISOString() : NEVER });
    const text = await answer.text();
    return this.notebookModel(name, JSON.parse(text), text.length);
  }

  private notebookModel(name: string, content: unknown, size?: number): Model {
    const savedAt = wholeSeconds(this.versions.get(name)?.savedAt ?? NEVER);
    return {
      name: `${name}${ENDING}`,
      path: `${name}${ENDING}`,
      type: "notebook",
      writable: true,
      created: NEVER,
      last_modified: savedAt,
      mimetype: "application/x-ipynb+json",
      format: content === null ? null : "json",
      content,
      size,
    };
  }

  private async dataFile(file: { path: string; url: string; size: number }, withContent: boolean): Promise<Model> {
    let content: string | null = null;
    if (withContent) {
      const bytes = new Uint8Array(await (await this.send(file.url, {})).arrayBuffer());
      const pieces: string[] = [];
      for (let at = 0; at < bytes.length; at += 8192) {
        pieces.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
      }
      content = btoa(pieces.join(""));
    }
    return {
      name: file.path.slice(file.path.lastIndexOf("/") + 1),
      path: file.path,
      type: "file",
      writable: false,
      created: NEVER,
      last_modified: NEVER,
      mimetype: "application/octet-stream",
      format: withContent ? "base64" : null,
      content,
      size: file.size,
    };
  }

  private async folder(path: string, withContent: boolean): Promise<Model> {
    const within = path === "" ? "" : `${path}/`;
    const content: Model[] = [];
    if (withContent) {
      if (path === "") content.push(...(await Promise.all(this.setup.notebooks.map((name) => this.notebook(name, false)))));
      const folders = new Set<string>();
      for (const file of this.setup.files) {
        if (!file.path.startsWith(within)) continue;
        const rest = file.path.slice(within.length);
        if (rest.includes("/")) folders.add(within + rest.slice(0, rest.indexOf("/")));
        else content.push(await this.dataFile(file, false));
      }
      for (const folder of folders) content.push(await this.folder(folder, false));
    }
    return {
      name: path.slice(path.lastIndexOf("/") + 1),
      path,
      type: "directory",
      writable: false,
      created: NEVER,
      last_modified: NEVER,
      mimetype: "",
      format: withContent ? "json" : null,
      content: withContent ? content : null,
    };
  }

  private async send(url: string, request: RequestInit): Promise<Response> {
    let answer: Response;
    try {
      answer = await fetch(url, { credentials: "same-origin", ...request });
    } catch {
      throw await this.refusal(503, "The link is gone. Your work is still in this window: save again when it is back.");
    }
    if (answer.ok) return answer;
    const problem = (await answer.json().catch(() => ({}))) as { detail?: string; title?: string };
    throw await this.refusal(answer.status, problem.detail ?? problem.title ?? answer.statusText);
  }

  private onlyNotebooks(): Promise<Error> {
    return this.refusal(403, "Only the lab's notebooks can be changed here; what your code writes lives until it is restarted.");
  }

  /** An error as JupyterLab shows it; it looks at the answer's status as well. */
  private async refusal(status: number, text: string): Promise<Error> {
    const message = words(this.setup, text);
    return Object.assign(new Error(message), { response: new Response(null, { status }) });
  }
}

/** A moment cut to the second: the server's headers carry no more, and JupyterLab compares what it is given. */
function wholeSeconds(moment: string): string {
  return `${new Date(moment).toISOString().slice(0, 19)}Z`;
}
