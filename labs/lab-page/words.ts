/** The page's words in the learner's language, and how sizes, times and points are written in it. */
import { clockTime, dayAndTime } from "./moments";
import type { Text } from "./texts";

export class Words {
  constructor(
    private readonly texts: Record<string, string>,
    readonly language: string,
  ) {}

  /** A text in the learner's language, with `{name}` replaced by the values. */
  say(text: Text, values: Record<string, string | number> = {}): string {
    const translated = this.texts[text] || text;
    return translated.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  }

  /** A size in the units that downloads are counted in, rounded up; amid Urdu it reads from left to right. */
  size(bytes: number): string {
    const size = this.sizeOf(bytes);
    return this.language === "ur" ? `\u2066${size}\u2069` : size;
  }

  private sizeOf(bytes: number): string {
    for (const [unit, step] of [["GB", 1e9], ["MB", 1e6], ["kB", 1e3]] as const) {
      if (bytes >= step) return `${(Math.ceil((bytes * 10) / step) / 10).toFixed(1).replace(/\.0$/, "")}\u00a0${unit}`;
    }
    return `${bytes}\u00a0B`;
  }

  /** Whole seconds, and tenths below ten. */
  seconds(seconds: number): string {
    return this.say("{number} s", { number: seconds < 10 && !Number.isInteger(seconds) ? seconds.toFixed(1) : Math.floor(seconds) });
  }

  time(date: Date): string {
    return clockTime(date);
  }

  dayAndTime(date: Date): string {
    return dayAndTime(date, this.language);
  }

  /** Points without zeros that say nothing: never rounded up. */
  points(number: number): string {
    return String(Math.floor(number * 100) / 100);
  }
}
