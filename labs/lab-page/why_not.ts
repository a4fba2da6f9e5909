/** In the learner's words: why the server does not give a notebook or does not take it. */
import type { Answer } from "./draft_server";
import type { Text } from "./texts";
import type { Words } from "./words";

export type Refused = Extract<Answer, { kind: "refused" }>;

const REFUSALS = {
  session: "Your session has ended. Your work is kept on this device: sign in again in another window, and it is sent.",
  place: "You have no place in this course any more, so the server takes nothing. Your work stays on this device: download it.",
  account: "Somebody else is signed in in this browser now. Your work stays on this device, locked, until you sign in again.",
} satisfies Record<string, Text>;

/** Why the server refused; what is wrong with the content it says itself. */
export function why({ reason, detail }: Refused, words: Words): string {
  return reason === "content" || reason === "size" ? detail : words.say(REFUSALS[reason]);
}

/** Why there is no notebook to show. */
export function whyNot(answer: Answer, words: Words): string {
  if (answer.kind === "refused") return why(answer, words);
  return words.say("There is no link, and this notebook was not opened on this device before.");
}
