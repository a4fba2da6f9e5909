/** What the server tells this page about the lab: the `darsgah` entry of JupyterLab's own configuration block. */

export interface Setup {
  /** Opaque, of whoever is signed in: sent with their work, so that it is never taken for another one's. */
  account: string;
  assignmentId: string;
  /** Address of the lab's own page, and of its result pages. */
  labUrl: string;
  resultUrl: string;
  draftsUrl: string;
  submitUrl: string;
  hintUrl: string;
  csrfToken: string;
  /** Names of the lab's notebooks, without `.ipynb`. */
  notebooks: string[];
  files: { path: string; url: string; size: number }[];
  /** Why nothing may be handed in now, in words; empty when something may. */
  refusal: string;
  /** The extension's words, by the English text. */
  texts: Record<string, string>;
}

/**
 * Read the block.
 *
 * @throws Error when the page was opened without a lab.
 */
export function readSetup(): Setup {
  const block = document.getElementById("jupyter-config-data");
  const setup = JSON.parse(block?.textContent || "{}").darsgah as Setup | undefined;
  if (!setup) throw new Error("This page has to be opened from a lab.");
  return setup;
}

/** A text in the learner's language, with `{name}` replaced by what is given. */
export function words(setup: Setup, text: string, values: Record<string, string | number> = {}): string {
  const found = setup.texts[text] ?? text;
  return found.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}
