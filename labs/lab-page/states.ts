/** The states of the learner's work and of the kernel, in words. */
import type { Status } from "./bar";
import type { DraftStatus } from "./draft";
import type { Kernel, KernelLimits, KernelState, KernelTrouble, Progress } from "./kernel";
import type { Words } from "./words";

/** Where the learner's work is kept just now. */
export function workStatus({ state, savedAt, detail }: DraftStatus, words: Words): Status {
  switch (state) {
    case "saved":
      return savedAt
        ? { sign: "✓", word: words.say("Saved at {time}", { time: words.time(savedAt) }) }
        : { sign: "✓", word: words.say("Saved") };
    case "changed":
      return { sign: "○", word: words.say("Not saved yet") };
    case "saving":
      return { sign: "…", word: words.say("Saving") };
    case "kept":
      return { sign: "◐", word: words.say("Kept on this device, sent when the link is back") };
    case "unkept":
      return { sign: "!", word: words.say("Only in this window: keep it open"), loss: true };
    case "merge":
      return { sign: "!", word: words.say("Some cells were changed here and in another window."), loss: true };
    case "refused":
      return { sign: "!", word: detail || words.say("Not taken by the server"), loss: true };
  }
}

/** What the kernel is called. */
export function kernelName({ place, version }: Pick<Kernel, "place" | "version">, words: Words): string {
  if (place === "hub") return words.say("Python on the hub");
  return version ? words.say("Python {version} in this browser", { version }) : words.say("Python in this browser");
}

/** What the kernel does just now. */
export function kernelStatus(
  state: KernelState,
  name: string,
  words: Words,
  now: { progress: Progress | null; seconds: number },
): Status {
  switch (state) {
    case "absent":
      return { sign: "○", word: words.say("{name}: starts with the first run", { name }) };
    case "starting":
      return { sign: "…", word: now.progress ? startWords(now.progress, words) : words.say("Python starts") };
    case "idle":
      return { sign: "●", word: words.say("{name}: ready", { name }) };
    case "busy":
      return { sign: "▶", word: words.say("Runs for {seconds}", { seconds: words.seconds(now.seconds) }) };
    case "away":
      return { sign: "◌", word: words.say("No link to Python: it goes on alone") };
    case "dead":
      return { sign: "■", word: words.say("Python has ended"), loss: true };
  }
}

/** How far a start is, as a share of 1; NaN when nobody knows. */
export function shareOf(progress: Progress): number {
  return progress.total > 0 ? Math.min(1, progress.loaded / progress.total) : Number.NaN;
}

/** Why there is no kernel, and what the learner can do. */
export function troubleWords({ code, detail }: KernelTrouble, words: Words): string {
  switch (code) {
    case "offline":
      return words.say("Python could not be loaded: there is no link. You can go on writing, and your work is kept.");
    case "unsupported":
      return words.say("This browser cannot run Python. Use a current Firefox, Chrome, Edge or Safari; you can read and write here all the same.");
    case "full":
      return words.say("All places for running code are taken. Try again in a minute; you can go on writing.");
    case "memory":
      return words.say("Python ended: the code needed more memory than there is. Your work is kept; restart, and try with less data.");
    case "idle":
      return words.say("Python was put to rest because nothing ran for a while. Your work is kept; run the cells again.");
    case "ended":
      return words.say("Python ended by itself. Your work is kept; restart and run the cells again.");
    case "windows":
      return words.say("Labs are open in too many windows. Close some, then restart Python here; your work is kept.");
    case "forbidden":
      return words.say("You may not run code here any more. Reload the page; your work is kept.");
    case "host":
      return words.say("The machine that runs your code does not answer. Your work is kept; try again shortly.");
    case "failed":
      return detail
        ? words.say("Python could not start ({detail}). Your work is kept; try again.", { detail })
        : words.say("Python could not start. Your work is kept; try again.");
  }
}

/** Memory used, of how much. */
export function memoryWords({ memoryBytes, memoryUsedBytes }: KernelLimits, words: Words): string {
  if (!memoryUsedBytes) return ""; // nothing is measured yet
  const used = words.size(memoryUsedBytes);
  if (memoryBytes === null) return words.say("Memory: {used}", { used });
  return words.say("Memory: {used} of {most}", { used, most: words.size(memoryBytes) });
}

function startWords({ stage, loaded, total }: Progress, words: Words): string {
  if (stage === "queue") {
    return total > 0 ? words.say("Waiting for a place: {number} before you", { number: total - loaded }) : words.say("Waiting for a place");
  }
  if (stage === "start" || loaded === 0) return words.say("Python starts");
  const sizes = { loaded: words.size(loaded), total: words.size(total) };
  return total > 0 ? words.say("Python is loaded: {loaded} of {total}", sizes) : words.say("Python is loaded: {loaded}", sizes);
}
