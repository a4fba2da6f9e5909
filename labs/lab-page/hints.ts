/** Hints: asked of the platform, waited for, shown and judged. A piece of its own, fetched with the first one. */
import { button, make } from "./elements";
import type { LabData } from "./lab_data";
import { renderMarkdown } from "./markdown";
import type { Words } from "./words";

/** Milliseconds without a word until nobody waits any longer; asking again finds the same hint. */
const PATIENCE = 90_000;
/** How often a busy platform is asked again, after so many milliseconds or up to twice as many. */
const BUSY_TRIES = 5;
const BUSY_PAUSE = 2_000;

/** What a hint is asked about, and where its text comes from. */
export interface Asked {
  readonly data: LabData;
  readonly words: Words;
  readonly cellId: string;
  /** The answer as it stands now. */
  source(): string;
}

interface Hint {
  id: string;
  level: number;
  state: "waiting" | "given" | "failed";
  text: string;
  withheld: boolean;
  correct: boolean;
  helpful: boolean | null;
  /** Hints that are made before it; null once it is made. */
  waiting_before: number | null;
}

interface Answer {
  available: boolean;
  reason: string;
  reflect: boolean;
  hint: Hint | null;
  left: number;
  daily: number;
}

/** Ask for the next hint and show in `place` whatever becomes of it. */
export async function askForHint(asked: Asked, place: HTMLElement, reflection = ""): Promise<void> {
  const { data, words } = asked;
  place.replaceChildren(make("p", {}, words.say("A hint is being made…")));
  try {
    const body = { notebook: data.notebook, cell_id: asked.cellId, source: asked.source(), reflection };
    const answer = await send<Answer>(data, "POST", data.hintUrl, body);
    const hint = answer.hint && (await made(answer.hint, (now) => place.replaceChildren(waiting(words, now))));
    place.replaceChildren(...(hint ? given(asked, hint, answer) : refused(asked, place, answer)));
  } catch (failure) {
    const late = failure instanceof NoHint;
    const text = late ? "No hint can be had just now. Your work is kept; try again later." : "There is no link, so no hint can be had now. Your work is kept on this device.";
    place.replaceChildren(make("p", {}, words.say(text)));
  }
}

/** The platform answered, and there is no hint. */
class NoHint extends Error {}

/** What the platform answers; asked again where it is busy and has recorded nothing. */
async function send<Answered>(data: LabData, method: string, url: string, body: object, again = BUSY_TRIES): Promise<Answered> {
  const headers = { "Content-Type": "application/json", "x-csrf-token": data.csrfToken, Accept: "application/json" };
  const answer = await fetch(url, { method, headers, body: JSON.stringify(body) });
  if (answer.status === 503 && again) {
    await new Promise((resolve) => setTimeout(resolve, BUSY_PAUSE * (1 + Math.random())));
    return send(data, method, url, body, again - 1);
  }
  if (!answer.ok) throw new NoHint();
  return (await answer.json()) as Answered;
}

/** A hint that is not whole: what a language model has said of it so far, or how many are made before it. */
function waiting(words: Words, hint: Hint): HTMLElement {
  if (hint.text) return said(words, hint.text);
  const before = hint.waiting_before ?? 0;
  return make("p", {}, before ? words.say("Hints that are made before yours: {count}", { count: before }) : words.say("A hint is being made…"));
}

/**
 * The hint as soon as a worker has made it; `wait` hears of it whenever its place in the line is another, or
 * more of it has been said. A link that is lost meanwhile is joined again by the browser.
 */
function made(hint: Hint, wait: (hint: Hint) => void): Promise<Hint> {
  return new Promise((resolve, reject) => {
    const events = new EventSource(`/api/v1/hints/${hint.id}/events`);
    const end = (settle: () => void) => {
      clearTimeout(patience);
      events.close();
      settle();
    };
    const giveUp = () => end(() => reject(new NoHint()));
    let patience = setTimeout(giveUp, PATIENCE);
    events.addEventListener("waiting", (event) => {
      clearTimeout(patience);
      patience = setTimeout(giveUp, PATIENCE);
      wait(JSON.parse(event.data as string) as Hint);
    });
    events.addEventListener("hint", (event) => end(() => resolve(JSON.parse(event.data as string) as Hint)));
    events.onerror = () => events.readyState === EventSource.CLOSED && giveUp();
  });
}

function given({ data, words }: Asked, hint: Hint, answer: Answer): HTMLElement[] {
  const names = [words.say("What the tests saw"), words.say("Where to look"), words.say("A question"), words.say("The idea"), words.say("Another example")];
  const left = words.say("{left} of {daily} hints are left today. The tutor can err: the tests decide.", { left: answer.left, daily: answer.daily });
  const name = hint.withheld ? names[0] : names[hint.level];
  const parts: HTMLElement[] = hint.state === "given" ? [make("p", {}, make("b", {}, name ?? ""))] : [];
  parts.push(said(words, hint.text));
  if (hint.state === "given" && !hint.correct) parts.push(judgement(data, words, hint));
  parts.push(make("p", { class: "due" }, left));
  return parts;
}

function said(words: Words, text: string): HTMLElement {
  const surroundings = { headingShift: 4, files: new Map<string, string>(), attachments: {}, picture: words.say("Picture without a description"), table: words.say("Table") };
  return renderMarkdown(text, surroundings);
}

function judgement(data: LabData, words: Words, hint: Hint): HTMLElement {
  const row = make("p", { class: "lab-hint-row" }, words.say("Did this help?"));
  const judge = async (helpful: boolean): Promise<void> => {
    try {
      await send(data, "PUT", `/api/v1/hints/${hint.id}/rating`, { helpful });
      row.replaceChildren(words.say(helpful ? "Thank you." : "Thank you. Change your answer or write what you tried, and the next hint says more."));
      if (!helpful) row.append(make("a", { href: `/hints#hint-${hint.id}` }, words.say("Ask your instructor about this")));
    } catch {
      row.replaceChildren(words.say("This could not be sent. Try again when there is a link."));
    }
  };
  const look = { look: "button-quiet lab-small" };
  row.append(button(words.say("Yes"), () => void judge(true), look), button(words.say("No"), () => void judge(false), look));
  return row;
}

/** Why there is no hint; where a line of reflection opens the next one, a place to write it. */
function refused(asked: Asked, place: HTMLElement, answer: Answer): HTMLElement[] {
  const { words } = asked;
  const reason = make("p", {}, answer.reason);
  if (!answer.reflect) return [reason];
  const line = make("textarea", { rows: 2, maxlength: 1000, dir: "auto" });
  const label = make("label", { class: "lab-hint-line" }, words.say("What have you tried, or what do you think is wrong?"), line);
  return [reason, label, make("p", {}, button(words.say("Ask for the next hint"), () => void askForHint(asked, place, line.value)))];
}
