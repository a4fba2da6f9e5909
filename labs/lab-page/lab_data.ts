/** What the server tells the lab page: JSON in `<script type="application/json" id="lab-data">`. */
import type { KernelSetup } from "./kernel";

export interface LabData {
  account: {
    /** Opaque, stable for the account: names what this browser keeps for the learner. */
    key: string;
    /** 32 bytes in base64url, stable for the account and known to nobody else: what this browser keeps is locked with it. */
    secret: string;
    name: string;
  };
  assignment: {
    id: string;
    title: string;
    /** Addresses of pages. */
    page: string;
    course: string;
    submit: string;
    dueAt: string | null;
    window: "not_open" | "open" | "late" | "closed";
    attemptsLeft: number | null;
    /** Why nothing may be handed in now, in words; empty when something may. */
    refusal: string;
    submissionBytes: number;
  };
  /** The lab's notebooks; a page shows one of them at a time. */
  notebooks: { name: string; url: string; draftUrl: string; originalUrl: string }[];
  notebook: string;
  kernel: KernelSetup;
  hintUrl: string;
  fullNotebookUrl: string;
  csrfToken: string;
  language: "en" | "ur";
  direction: "ltr" | "rtl";
  /** The page's words, by the English text. */
  texts: Record<string, string>;
}
