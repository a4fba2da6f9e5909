/** What the keeper of drafts finds around it, under Node: a window without a store, and a server with the platform's rules. */
import type { LabData } from "../../labs/lab-page/lab_data";

type Cells = Record<string, string>;

/** A notebook of code cells, by identifier. */
export function notebook(cells: Cells): string {
  const code = { cell_type: "code", metadata: {}, outputs: [], execution_count: null };
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: Object.entries(cells).map(([id, source]) => ({ ...code, id, source })),
  });
}

/** The sources of a notebook's cells. */
export function sources(text: string): Cells {
  const { cells } = JSON.parse(text) as { cells: { id: string; source: string | string[] }[] };
  return Object.fromEntries(cells.map(({ id, source }) => [id, [source].flat().join("")]));
}

/** One draft: a save of the window that saved last takes the place of its version, another one's keeps that. */
export class Server {
  version = 1;
  kept: string[] = [];
  /** Saves under another token are not taken. */
  token = "";
  /** No answer comes. */
  away = false;
  /** Characters of the longest notebook that it takes. */
  most = Infinity;
  private client = "";

  constructor(public text: string, private readonly original: string) {}

  save(text: string, client: string): void {
    if (client !== this.client) this.kept.push(this.text);
    this.version += 1;
    this.client = client;
    this.text = text;
  }

  answer(address: string, request: RequestInit = {}): Response {
    const headers = new Headers(request.headers);
    if (this.away) throw new TypeError("Failed to fetch");
    if (request.method === "PUT" && headers.get("X-CSRF-Token") !== this.token) {
      return Response.json({ code: "request_not_proven" }, { status: 403 });
    }
    if (request.method !== "PUT") {
      const text = address.endsWith("/original") ? this.original : this.text;
      return new Response(text, { headers: { ETag: `"${this.version}"` } });
    }
    const text = new TextDecoder().decode(request.body as Uint8Array);
    if (text.length > this.most) return Response.json({ detail: "larger" }, { status: 413 });
    if (text !== this.text) {
      if (headers.get("If-Match") !== `"${this.version}"`) {
        return Response.json({ code: "draft_changed", version: this.version }, { status: 412 });
      }
      this.save(text, headers.get("X-Client") ?? "");
    }
    return Response.json({ version: this.version, saved_at: new Date().toISOString() });
  }
}

/** The lab page loaded anew; `owner` is whose it is, null on one that this browser kept. */
export function page(owner: string | null, status = 200): Response {
  const headers = owner === null ? {} : { "Darsgah-Account": owner };
  return new Response(JSON.stringify({ csrfToken: "fresh" }), { status, headers });
}

/** A page whose one element is the data. */
class Parser {
  parseFromString(textContent: string): { getElementById(): { textContent: string } } {
    return { getElementById: () => ({ textContent }) };
  }
}

/** Put them there, before the keeper is opened; the page's data for it, with a notebook for each server. */
export function surround(servers: Record<string, Server>, present: () => Response = () => page("key")): LabData {
  const none = (): null => null;
  const location = new URL("http://lab.example/");
  Object.defineProperty(globalThis, "navigator", { value: { onLine: true }, configurable: true });
  Object.assign(globalThis, {
    addEventListener: none,
    document: { hidden: false, addEventListener: none },
    location,
    sessionStorage: { getItem: none, setItem: none },
    DOMParser: Parser,
    fetch: async (address: string, request?: RequestInit) => {
      if (address === location.href) return present();
      const name = address.split("/")[2] ?? "";
      return (servers[name] as Server).answer(address, request);
    },
  });
  return {
    account: { key: "key", secret: "", name: "" },
    assignment: {},
    notebooks: Object.keys(servers).map((name) => {
      const draftUrl = `/drafts/${name}`;
      return { name, url: `/${name}`, draftUrl, originalUrl: `${draftUrl}/original` };
    }),
    notebook: Object.keys(servers)[0],
    kernel: { files: [] },
    csrfToken: "",
    language: "en",
    texts: {},
  } as unknown as LabData;
}
