/** The list of keys, for who works without a mouse. */
import { told } from "./dialogs";
import { make } from "./elements";
import type { Words } from "./words";

export function showKeys(words: Words): void {
  const rows: [string, string][] = [
    ["Enter", words.say("Write in the cell")],
    ["Esc", words.say("Leave the editor; then Tab goes on to what comes next")],
    ["↑ ↓", words.say("To the cell before or after")],
    ["Shift + Enter", words.say("Run and go to the next cell")],
    ["Ctrl + Enter", words.say("Run and stay")],
    ["Alt + Enter", words.say("Run and add a cell below")],
    ["A, B", words.say("Add a cell above, below")],
    ["D D", words.say("Delete the cell, if it is your own")],
    ["Z", words.say("Undo deleting")],
    ["Ctrl + Shift + ↑ ↓", words.say("Move the cell, if it is your own")],
    ["I I", words.say("Stop")],
    ["S", words.say("Save now")],
    ["Tab", words.say("In code, after a name: complete it; elsewhere: indent")],
    ["Shift + Tab", words.say("In code, after a name: help about it")],
  ];
  const list = make(
    "dl",
    { class: "facts" },
    ...rows.map(([keys, meaning]) => make("div", {}, make("dt", {}, make("kbd", { dir: "ltr" }, keys)), make("dd", {}, meaning))),
  );
  told(words, words.say("Keys"), [list]);
}
