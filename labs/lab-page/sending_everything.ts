/** Everything of a lab brought to the server, before it is handed in: whatever windows of this browser it stands in. */
import { openDraft } from "./draft_keeper";
import type { LabData } from "./lab_data";
import { openStore } from "./local_store";
import { channelOf, type SendMessage } from "./other_windows";
import { randomName } from "./random_name";
import { claimWindow, openWindows } from "./window_name";
import type { Words } from "./words";

/** Milliseconds in which a window says that it is there, and in which it sends what it holds. */
const HEARING = 600;
const SENDING = 60_000;

/**
 * Send what is unsent of every notebook of the lab, by this window and by the others that are open.
 *
 * @throws Error with words for the learner: which notebook could not be sent, and why
 */
export async function sendEverything(data: LabData, words: Words): Promise<void> {
  await Promise.all(
    data.notebooks.map(async ({ name, draftUrl }) => {
      const reason = await sendNotebook(data, words, name, draftUrl).catch((failure: Error) => failure.message);
      if (reason !== null) throw new Error(words.say("Nothing is handed in, because the notebook {name} could not be sent. {reason}", { name, reason }));
    }),
  );
}

/** Why a notebook is not whole on the server; null when it is. */
async function sendNotebook(data: LabData, words: Words, name: string, draftUrl: string): Promise<string | null> {
  const answers = await askWindows(channelOf(data.account.key, draftUrl));
  const failure = [...answers.values()].find((answer) => answer !== null);
  if (failure !== undefined && failure !== null) return failure || words.say("It is open in another window, which does not answer. Look there, then hand in again.");
  if (name !== data.notebook) {
    const draft = await openDraft(data, name);
    try {
      await draft.flush();
    } finally {
      draft.close();
    }
  }
  const silent = await silentWindow(data, draftUrl, answers);
  return silent ? words.say("It is open in another window, which does not answer. Look there, then hand in again.") : null;
}

/**
 * Ask every window that shows a notebook to send what it holds.
 *
 * @param alone whether there is none, where that is known
 * @returns by window, why it could not be sent; empty where it has not answered in time, null where it is sent
 */
export async function askWindows(channelName: string, alone = isAlone): Promise<Map<string, string | null>> {
  const answers = new Map<string, string | null>();
  if (typeof BroadcastChannel === "undefined" || (await alone())) return answers;
  const channel = new BroadcastChannel(channelName);
  const asked = randomName();
  await new Promise<void>((resolve) => {
    const longest = setTimeout(resolve, SENDING);
    let begun = false;
    const settle = (): void => {
      if (!begun || [...answers.values()].includes("")) return;
      clearTimeout(longest);
      resolve();
    };
    channel.addEventListener("message", ({ data }: MessageEvent<SendMessage>) => {
      if (data.asked !== asked || data.kind === "send") return;
      answers.set(data.client, data.kind === "sent" ? data.failure : "");
      settle();
    });
    setTimeout(() => {
      begun = true;
      settle();
    }, HEARING);
    channel.postMessage({ kind: "send", asked } satisfies SendMessage);
  });
  channel.close();
  return answers;
}

/** Whether this browser knows its windows, and there is no other one. */
async function isAlone(): Promise<boolean> {
  const others = await openWindows();
  return others.delete(await claimWindow()) && others.size === 0;
}

/** Whether an open window holds unsent work and did not answer, as one that the browser put to sleep. */
async function silentWindow(data: LabData, draftUrl: string, answers: Map<string, string | null>): Promise<boolean> {
  const store = await openStore(data.account.key, data.account.secret);
  const [records, open, own] = await Promise.all([store?.read(draftUrl).catch(() => []) ?? [], openWindows(), claimWindow()]);
  return records.some(({ unsent, client }) => unsent && client !== own && open.has(client) && !answers.has(client));
}
