/**
 * The few parts of JupyterLab that the extension touches, as types, and how they are reached.
 *
 * JupyterLab shares its packages with extensions through webpack's share scope; nothing of it is bundled here.
 */

/** What JupyterLab hands a prebuilt extension: for each package its versions, each with a way to load it. */
export type ShareScope = Record<string, Record<string, { get(): Promise<() => unknown> }>>;

let scope: ShareScope | null = null;

/** Keep the scope for `shared`; JupyterLab calls it once, before it asks for the extension. */
export function enterScope(given: ShareScope): void {
  scope = given;
}

/** The one version of a package that the application itself runs. */
export async function shared<T>(name: string): Promise<T> {
  const versions = scope?.[name];
  const first = versions && Object.values(versions)[0];
  if (!first) throw new Error(`JupyterLab does not share ${name}`);
  return (await first.get())() as T;
}

export interface Token {
  readonly name: string;
}

export interface Plugin {
  id: string;
  description: string;
  autoStart: boolean;
  provides?: Token;
  requires?: Token[];
  activate(application: unknown, ...services: unknown[]): unknown;
}

/** A signal of Lumino's. */
export interface Signal<Sender, Payload> {
  connect(slot: (sender: Sender, payload: Payload) => void): boolean;
  emit(payload: Payload): void;
}

/** What a drive says of a file or a folder (`Contents.IModel`). */
export interface Model {
  name: string;
  path: string;
  type: "notebook" | "file" | "directory";
  writable: boolean;
  created: string;
  last_modified: string;
  mimetype: string;
  format: "json" | "text" | "base64" | null;
  content: unknown;
  size?: number;
}

export interface FetchOptions {
  content?: boolean;
  format?: string;
  type?: string;
}

export interface CheckpointModel {
  id: string;
  last_modified: string;
}

export interface FileChange {
  type: "save" | "new" | "rename" | "delete";
  oldValue: Partial<Model> | null;
  newValue: Partial<Model> | null;
}

export interface NotebookCell {
  model: { id: string; sharedModel: { getSource(): string; getMetadata(key: string): unknown } };
}

export interface NotebookPanel {
  content: { activeCell: NotebookCell | null };
  context: {
    path: string;
    ready: Promise<void>;
    save(): Promise<void>;
    model: { toJSON(): unknown };
  };
  toolbar: { insertItem(index: number, name: string, widget: unknown): boolean };
}

export interface Application {
  docRegistry: {
    addWidgetExtension(
      factory: string,
      extension: { createNew(panel: NotebookPanel): { dispose(): void; isDisposed: boolean } },
    ): unknown;
  };
}

export interface ApplicationParts {
  ToolbarButton: new (options: { label: string; tooltip: string; onClick: () => void; className?: string }) => {
    dispose(): void;
    isDisposed: boolean;
  };
  Dialog: {
    okButton(options: { label: string }): unknown;
    cancelButton(options: { label: string }): unknown;
  };
  showDialog(options: { title: string; body: unknown; buttons: unknown[] }): Promise<{ button: { accept: boolean } }>;
}

/** `@lumino/widgets`, of which dialogs take a body. */
export interface Widgets {
  Widget: new (options: { node: HTMLElement }) => { node: HTMLElement };
}
