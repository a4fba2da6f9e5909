/** Two changed versions of one text joined line by line, where their changes do not touch. */

/** A stretch of the base, `[from, to)` in lines, and what stands there now. */
interface Change {
  from: number;
  to: number;
  lines: string[];
}

/** Lines compared with lines, at most: a cell is short, and a long one is a choice for a person. */
const MOST_COMPARED = 4_000_000;

/** The joined text, or null where both changed the same lines or lines side by side. */
export function mergeLines(base: string, here: string, there: string): string | null {
  const lines = split(base);
  const mine = changes(lines, split(here));
  const theirs = changes(lines, split(there));
  if (mine === null || theirs === null) return null;
  const joined: string[] = [];
  let done = 0;
  for (const change of [...mine, ...theirs].sort((one, other) => one.from - other.from || one.to - other.to)) {
    const before = joined.length === 0 && done === 0 ? -1 : done;
    if (change.from <= before) {
      if (same(change, mine) && same(change, theirs)) continue;
      return null;
    }
    joined.push(...lines.slice(done, change.from), ...change.lines);
    done = change.to;
  }
  return [...joined, ...lines.slice(done)].join("\n");
}

function split(text: string): string[] {
  return text.split("\n");
}

/** Whether a change is among those of a side. */
function same(change: Change, side: Change[]): boolean {
  return side.some(
    ({ from, to, lines }) => from === change.from && to === change.to && lines.join("\n") === change.lines.join("\n"),
  );
}

/** What became of the base's lines, from the longest common subsequence; null where that is too much work. */
function changes(base: string[], now: string[]): Change[] | null {
  if (base.length * now.length > MOST_COMPARED) return null;
  const lengths = commonLengths(base, now);
  const found: Change[] = [];
  let [i, j] = [0, 0];
  while (i < base.length || j < now.length) {
    if (i < base.length && j < now.length && base[i] === now[j]) {
      [i, j] = [i + 1, j + 1];
      continue;
    }
    const change: Change = { from: i, to: i, lines: [] };
    while (i < base.length || j < now.length) {
      if (i < base.length && j < now.length && base[i] === now[j]) break;
      const skipBase = j >= now.length || (i < base.length && at(lengths, i + 1, j) >= at(lengths, i, j + 1));
      if (skipBase) i += 1;
      else change.lines.push(now[j++] ?? "");
    }
    found.push({ ...change, to: i });
  }
  return found;
}

/** `lengths[i][j]`: how many lines `base` from i on and `now` from j on have in common, in order. */
function commonLengths(base: string[], now: string[]): Uint32Array[] {
  const lengths = Array.from({ length: base.length + 1 }, () => new Uint32Array(now.length + 1));
  for (let i = base.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      const longer = Math.max(at(lengths, i + 1, j), at(lengths, i, j + 1));
      (lengths[i] as Uint32Array)[j] = base[i] === now[j] ? at(lengths, i + 1, j + 1) + 1 : longer;
    }
  }
  return lengths;
}

function at(lengths: Uint32Array[], i: number, j: number): number {
  return lengths[i]?.[j] ?? 0;
}
