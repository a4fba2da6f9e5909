/** Handing in: said beforehand, sent once whatever the link does, and followed until the score is there. */
import type { CellList } from "./cell_list";
import { confirmed, told } from "./dialogs";
import { make } from "./elements";
import { randomName } from "./random_name";
import type { LabData } from "./lab_data";
import type { Notebook } from "./notebook";
import { writeNotebook } from "./notebook_format";
import type { Words } from "./words";

/** What the platform's JSON says of a submission; the rest of it is not used here. */
interface Submission {
  id: string;
  attempt: number;
  state: "received" | "queued" | "grading" | "graded" | "rejected" | "needs_review";
  sha256: string;
}

/** What may be handed in at this moment. */
interface Allowance {
  attempts_used: number;
  attempts_left: number | null;
  next_at: string | null;
  refusal: string;
}

export interface GradedCell {
  notebook: string;
  grade_id: string;
  score: number | null;
  max_score: number;
  message: string;
}

interface Result {
  submission: Submission;
  run: { score: number | null; max_score: number; cells: GradedCell[]; error_message: string } | null;
}

export interface HandingInHost {
  readonly words: Words;
  /** Bring what is unsent of every notebook of the lab to the server. */
  sendEverything(): Promise<void>;
  notebook(): Notebook;
  /** Why the server says no, in the learner's words; null where it only says "later". */
  whyRefused(answer: Response): Promise<string | null>;
  /** How the checks of the answers stand; empty where all pass. */
  doubts(): string;
  /** Where the submission stands, for the bar; `link` leads to its page. */
  tell(text: string, link: string | null, loss: boolean): void;
  graded(cells: GradedCell[]): void;
}

const POLL_SECONDS = 5;

export class HandingIn {
  private key = "";
  private sent = "";
  private under = false;

  constructor(
    private readonly data: LabData,
    private readonly host: HandingInHost,
  ) {}

  /** Ask, save, send, follow. */
  async begin(): Promise<void> {
    const { words } = this.host;
    if (this.under || !(await this.wanted())) return;
    this.under = true;
    try {
      this.host.tell(words.say("Your work is saved and sent…"), null, false);
      await this.host.sendEverything();
      const submission = await this.send(await this.form());
      this.tellReceipt(submission);
      await this.follow(submission);
    } catch (failure) {
      const said = failure instanceof Error && !(failure instanceof TypeError); // a fetch without a link is a TypeError
      const reason = said ? failure.message : words.say("The link broke. Nothing is lost: your work is kept, and you can hand in again.");
      this.host.tell(reason, null, true);
    } finally {
      this.under = false;
    }
  }

  /** Say which attempt this is and what happens, with what the server allows at this moment. */
  private async wanted(): Promise<boolean> {
    const { words } = this.host;
    const allowance = await this.allowance();
    if (!allowance) {
      const line = words.say("There is no link to the server, so nothing can be handed in now. Your work is kept on this device and sent when the link is back; then hand in.");
      return this.refused(words.say("No link"), line);
    }
    if (typeof allowance === "string") return this.refused(words.say("Nothing can be handed in now"), allowance);
    if (allowance.refusal) {
      const until = allowance.next_at ? words.say("There is a pause between two attempts. The next one is taken from {when}.", { when: words.dayAndTime(new Date(allowance.next_at)) }) : "";
      const reason = until || this.data.assignment.refusal || words.say("The deadline has passed, or every attempt is used. Your work and your results are kept.");
      return this.refused(words.say("Nothing can be handed in now"), reason);
    }
    const number = allowance.attempts_used + 1;
    const total = number - 1 + (allowance.attempts_left ?? 0);
    const lines = [
      words.say("Your work is saved as it is now and graded on the server, with the visible tests and the hidden ones."),
      allowance.attempts_left === null
        ? words.say("This is attempt {number}; there is no limit.", { number })
        : words.say("This is attempt {number} of {total}.", { number, total }),
      ...(this.data.assignment.window === "late" ? [words.say("The deadline has passed: this attempt counts as late.")] : []),
      ...[this.host.doubts()].filter(Boolean),
    ];
    return confirmed(words, { title: words.say("Hand in?"), lines, yes: words.say("Hand in and grade") });
  }

  /** What is allowed, or why nothing is; null without a link. */
  private async allowance(): Promise<Allowance | string | null> {
    const address = `/api/v1/assignments/${this.data.assignment.id}`;
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" }, cache: "no-store" });
      return answer.ok ? ((await answer.json()) as { allowance: Allowance }).allowance : await this.host.whyRefused(answer);
    } catch {
      return null; // no link
    }
  }

  /** Say why not. */
  private refused(title: string, line: string): false {
    told(this.host.words, title, [make("p", {}, line)]);
    return false;
  }

  /** The lab's notebooks: this one as it stands in the page, the others as the server has them now. */
  private async form(): Promise<FormData> {
    const form = new FormData();
    const headers = { "X-Account": this.data.account.key };
    for (const { name, draftUrl } of this.data.notebooks) {
      const text = name === this.data.notebook ? writeNotebook(this.host.notebook()) : await (await asked(fetch(draftUrl, { headers }))).text();
      form.append("notebook", new Blob([text], { type: "application/x-ipynb+json" }), `${name}.ipynb`);
    }
    return form;
  }

  /** The same bytes are sent under the same key, so that an answer that was lost costs no attempt. */
  private async send(form: FormData): Promise<Submission> {
    const parts = await Promise.all(form.getAll("notebook").map((part) => (part instanceof Blob ? part.text() : part)));
    const sent = parts.join("\0");
    if (sent !== this.sent || !this.key) this.key = randomName(24);
    this.sent = sent;
    const headers = {
      "Idempotency-Key": this.key,
      "x-csrf-token": this.data.csrfToken,
      "X-Account": this.data.account.key,
      Accept: "application/json",
    };
    const answer = await asked(fetch(this.data.assignment.submit, { method: "POST", body: form, headers }));
    this.key = "";
    return (await answer.json()) as Submission;
  }

  private tellReceipt({ id, attempt, sha256 }: Submission): void {
    const { words } = this.host;
    const text = words.say("Attempt {number} is handed in. Receipt: {receipt}", { number: attempt, receipt: sha256.slice(0, 12) });
    this.host.tell(text, `/submissions/${id}`, false);
  }

  /** Wait for the grade by server-sent events; where they don't get through, ask now and then. */
  private async follow({ id, attempt }: Submission): Promise<void> {
    const { words } = this.host;
    const ended = await new Promise<"done" | "broken">((resolve) => {
      let failures = 0;
      const stream = new EventSource(`/submissions/${id}/events`);
      const end = (how: "done" | "broken") => {
        stream.close();
        resolve(how);
      };
      stream.addEventListener("status", (event: MessageEvent<string>) => {
        failures = 0;
        const said = new DOMParser().parseFromString(event.data, "text/html").body.textContent.replace(/\s+/g, " ").trim();
        this.host.tell(`${words.say("Attempt {number}", { number: attempt })}: ${said}`, `/submissions/${id}`, false);
      });
      stream.addEventListener("done", () => end("done"));
      stream.addEventListener("error", () => {
        failures += 1;
        if (stream.readyState === EventSource.CLOSED || failures > 3) end("broken");
      });
    });
    for (;;) {
      const result = await this.result(id);
      if (result && !["received", "queued", "grading"].includes(result.submission.state)) {
        this.tellResult(result);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, ended === "done" && result ? 1000 : POLL_SECONDS * 1000));
    }
  }

  private async result(id: string): Promise<Result | null> {
    try {
      const answer = await fetch(`/api/v1/submissions/${id}`, { headers: { Accept: "application/json" } });
      return answer.ok ? ((await answer.json()) as Result) : null;
    } catch {
      return null; // no link just now: the caller asks again
    }
  }

  private tellResult({ submission, run }: Result): void {
    const { words } = this.host;
    const number = submission.attempt;
    const link = `/submissions/${submission.id}`;
    if (submission.state === "rejected" || !run || run.error_message) {
      const text = run?.error_message || words.say("There is no grade to show yet: your instructor looks at it.");
      this.host.tell(`${words.say("Attempt {number}", { number })}: ${text}`, link, submission.state === "rejected");
      return;
    }
    const values = { number, score: words.points(run.score ?? 0), most: words.points(run.max_score) };
    this.host.tell(words.say("Attempt {number}: {score} of {most} points", values), link, false);
    this.host.graded(run.cells.filter((cell) => cell.notebook === this.data.notebook));
  }
}

/** Show each question what its cells were given; one that waits for a person has no score yet. */
export function showGrades(list: CellList, cells: GradedCell[]): void {
  for (const question of list.questions) {
    const ids = question.graded.map((id) => list.views.find(({ cell }) => cell.id === id)?.cell.metadata.nbgrader?.grade_id);
    const own = cells.filter((cell) => ids.includes(cell.grade_id));
    if (own.length === 0) continue;
    const scores = own.map((cell) => cell.score);
    const score = scores.includes(null) ? null : scores.reduce<number>((sum, one) => sum + (one ?? 0), 0);
    const maxScore = own.reduce((sum, cell) => sum + cell.max_score, 0);
    const message = own.map((cell) => cell.message).filter(Boolean).join("\n");
    list.panels.get(question.key)?.graded({ score, maxScore, message });
  }
}

/** The server said no; the message is in its words, which are the learner's. */
class Refused extends Error {}

/** An answer that is none of refusal. */
async function asked(request: Promise<Response>): Promise<Response> {
  const answer = await request;
  if (answer.ok) return answer;
  const problem: unknown = await answer.json().catch(() => null);
  const detail = typeof problem === "object" && problem !== null && "detail" in problem ? problem.detail : null;
  throw new Refused(typeof detail === "string" ? detail : `HTTP ${answer.status}`);
}
