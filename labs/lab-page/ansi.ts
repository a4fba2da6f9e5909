/** Terminal text as pieces of one look: ANSI colours, carriage returns and backspaces, all else dropped. */

export interface Piece {
  text: string;
  /** Class names of `lab.css`, for example `ansi-red ansi-bold`; empty for plain text. */
  look: string;
}

interface Look {
  colour: string;
  ground: string;
  bold: boolean;
  italic: boolean;
  underline: boolean;
  inverse: boolean;
}

const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
const PLAIN: Look = { colour: "", ground: "", bold: false, italic: false, underline: false, inverse: false };
/** A colour command (captured), any other command, an operating system command, or a lone escape. */
// eslint-disable-next-line no-control-regex -- escapes are what is looked for
const COMMAND = /\x1b\[([0-9;]*)m|\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[@-_]?/g;

/** The pieces of a text that a program wrote to a terminal. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let look = PLAIN;
  let place = 0;
  const add = (end: number) => {
    const part = printable(text.slice(place, end));
    const name = classNames(look);
    const last = found.at(-1);
    if (!part) return;
    if (last && last.look === name) last.text += part;
    else found.push({ text: part, look: name });
  };
  for (const command of text.matchAll(COMMAND)) {
    add(command.index);
    place = command.index + command[0].length;
    if (command[1] !== undefined) look = changed(look, command[1]);
  }
  add(text.length);
  return found;
}

/** The text alone. */
export function withoutAnsi(text: string): string {
  return pieces(text)
    .map((piece) => piece.text)
    .join("");
}

/**
 * A stream as a terminal would show it: what follows a carriage return is written over the line, a backspace
 * takes the character before it. Colours stay where they were written.
 */
export function overwritten(text: string): string {
  if (text.endsWith("\r")) return `${overwritten(text.slice(0, -1))}\r`; // what comes next writes over the line
  if (!/[\r\b]/.test(text)) return text;
  return text
    .replace(/\r+\n/g, "\n")
    .split("\n")
    .map((line) => (/[\r\b]/.test(line) ? overwrittenLine(line) : line))
    .join("\n");
}

function overwrittenLine(line: string): string {
  const cells: string[] = [];
  let place = 0;
  let pending = "";
  for (const part of line.match(new RegExp(`${COMMAND.source}|[\\s\\S]`, "gu")) ?? []) {
    if (part === "\r") place = 0;
    else if (part === "\b") place = Math.max(0, place - 1);
    else if (part.startsWith("\x1b[") && part.endsWith("K")) cells.length = Math.min(cells.length, place);
    else if (part.startsWith("\x1b")) pending += part;
    else {
      cells[place] = pending + part;
      pending = "";
      place += 1;
    }
  }
  return cells.join("") + pending;
}

function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is dropped
  return text.replace(/[\x00-\x08\x0b-\x1f\x7f]/g, "");
}

function classNames(look: Look): string {
  const names = [];
  if (look.colour) names.push(`ansi-${look.colour}`);
  if (look.ground) names.push(`ansi-on-${look.ground}`);
  for (const name of ["bold", "italic", "underline", "inverse"] as const) {
    if (look[name]) names.push(`ansi-${name}`);
  }
  return names.join(" ");
}

/** The look after one colour command; 256 and true colours come down to the nearest of the eight. */
function changed(look: Look, command: string): Look {
  const codes = command.split(";").map(Number);
  let next = { ...look };
  for (let place = 0; place < codes.length; place += 1) {
    const code = codes[place] ?? 0;
    if (code === 38 || code === 48) {
      const [name, used] = extended(codes.slice(place + 1));
      if (code === 38) next.colour = name;
      else next.ground = name;
      place += used;
    } else next = simple(next, code);
  }
  return next;
}

function simple(look: Look, code: number): Look {
  if (code === 0) return { ...PLAIN };
  if (code === 1) return { ...look, bold: true };
  if (code === 3) return { ...look, italic: true };
  if (code === 4) return { ...look, underline: true };
  if (code === 7) return { ...look, inverse: true };
  if (code === 22) return { ...look, bold: false };
  if (code === 23) return { ...look, italic: false };
  if (code === 24) return { ...look, underline: false };
  if (code === 27) return { ...look, inverse: false };
  if (code === 39) return { ...look, colour: "" };
  if (code === 49) return { ...look, ground: "" };
  const tens = code >= 90 ? code - 60 : code;
  const name = NAMES[tens % 10] ?? "";
  if (tens >= 30 && tens <= 37) return { ...look, colour: name };
  if (tens >= 40 && tens <= 47) return { ...look, ground: name };
  return look;
}

/** The name of an extended colour, and how many codes it took. */
function extended(codes: number[]): [string, number] {
  const [kind, first = 0, second = 0, third = 0] = codes;
  if (kind === 2) return [nearest(first, second, third), 4];
  if (kind !== 5) return ["", 1];
  if (first < 16) return [NAMES[first % 8] ?? "", 2];
  if (first > 231) return [first > 243 ? "white" : "black", 2];
  const cube = first - 16;
  return [nearest(Math.floor(cube / 36) * 51, (Math.floor(cube / 6) % 6) * 51, (cube % 6) * 51), 2];
}

function nearest(red: number, green: number, blue: number): string {
  const half = Math.max(red, green, blue) / 2;
  const bits = (red > half ? 1 : 0) + (green > half ? 2 : 0) + (blue > half ? 4 : 0);
  return NAMES[bits] ?? "";
}
