/**
 * Keys while a cell has the focus but is not written in: those of Jupyter. Enter begins to write, Escape ends
 * it; Tab is never caught here.
 */
export interface KeyCommands {
  edit(): void;
  go(direction: "up" | "down" | "first" | "last"): void;
  run(after: "stay" | "next" | "insert"): void;
  add(cellType: "code", where: "before" | "after"): void;
  move(direction: "up" | "down"): void;
  remove(): void;
  undoRemove(): void;
  save(): void;
  stop(): void;
  keys(): void;
}

/** Time within which a second D or I counts as a pair, in milliseconds. */
const PAIR = 800;

/** Act on keys below `root`; what happens in fields, buttons and editors is left alone. */
export function listenToKeys(root: HTMLElement, commands: KeyCommands): void {
  let last = { key: "", time: 0 };
  const single = singleKeys(commands);
  const double: Record<string, () => void> = { d: () => commands.remove(), i: () => commands.stop() };
  root.addEventListener("keydown", (event) => {
    if (!(event.target instanceof HTMLElement) || event.isComposing) return;
    const still = event.target.matches(".lab-cell, .lab-still");
    if (event.key === "Enter" && (event.shiftKey || event.ctrlKey || event.metaKey || event.altKey)) {
      if (!still) return;
      event.preventDefault();
      commands.run(event.shiftKey ? "next" : event.altKey ? "insert" : "stay");
      return;
    }
    if (!still || event.metaKey || event.altKey) return;
    if (event.ctrlKey) {
      if (!event.shiftKey || !event.key.startsWith("Arrow")) return;
      event.preventDefault();
      commands.move(event.key === "ArrowUp" ? "up" : "down");
      return;
    }
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const pair = last.key === key && event.timeStamp - last.time < PAIR;
    last = { key: pair ? "" : key, time: event.timeStamp };
    const act = single[key] ?? (pair ? double[key] : undefined);
    if (!act) return;
    event.preventDefault();
    act();
  });
}

/** What a key means that is pressed once, alone. */
function singleKeys(commands: KeyCommands): Record<string, () => void> {
  return {
    Enter: () => commands.edit(),
    ArrowUp: () => commands.go("up"),
    ArrowDown: () => commands.go("down"),
    k: () => commands.go("up"),
    j: () => commands.go("down"),
    Home: () => commands.go("first"),
    End: () => commands.go("last"),
    a: () => commands.add("code", "before"),
    b: () => commands.add("code", "after"),
    z: () => commands.undoRemove(),
    s: () => commands.save(),
    h: () => commands.keys(),
  };
}
