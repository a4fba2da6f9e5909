/** What windows of the lab page have not sent yet, brought to the server before a lab is handed in from here. */
import { channelOf } from "../lab-page/other_windows";
import { askWindows } from "../lab-page/sending_everything";
import { words, type Setup } from "./setup";

/**
 * Have every window of the lab page send what it holds of the lab's notebooks.
 *
 * @throws Error with words for the learner: one could not, or does not answer
 */
export async function gather(setup: Setup): Promise<void> {
  // This window holds no draft and has no name among them, so it cannot know whether it is alone.
  const alone = () => Promise.resolve(false);
  await Promise.all(
    setup.notebooks.map(async (name) => {
      const answers = await askWindows(channelOf(setup.account, `${setup.draftsUrl}/${encodeURIComponent(name)}`), alone);
      const reason = [...answers.values()].find((answer) => answer !== null);
      if (typeof reason === "string") {
        throw new Error(words(setup, "The notebook {name} is open in another window too, which could not send it. {reason}", { name, reason }));
      }
    }),
  );
}
