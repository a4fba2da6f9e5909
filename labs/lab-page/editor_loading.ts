/** The editors' chunk: fetched once, right after the notebook can be read. */
type Editors = typeof import("./editor");

let loading: Promise<Editors> | null = null;
let loaded: Editors | null = null;

/** The chunk, when it is there. A fetch that failed is tried again by the next call. */
export function editors(): Promise<Editors> {
  loading ??= import("./editor").then(
    (module) => (loaded = module),
    (failure: unknown) => {
      loading = null;
      throw failure;
    },
  );
  return loading;
}

/** The chunk if it is there already: an editor that opens in the click itself brings a phone's keyboard up. */
export function editorsReady(): Editors | null {
  return loaded;
}
