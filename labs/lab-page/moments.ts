/** Times as the server's pages write them (`darsgah.ui.formats`): 24 hours, and the day before its month. */

/** Hours and minutes: `15:30`. */
export function clockTime(date: Date): string {
  return [date.getHours(), date.getMinutes()].map((number) => String(number).padStart(2, "0")).join(":");
}

/** The day with its month's name, and the time: `22 November 2026 15:30`. */
export function dayAndTime(date: Date, language: string): string {
  return `${date.getDate()} ${date.toLocaleString(language, { month: "long" })} ${date.getFullYear()} ${clockTime(date)}`;
}
