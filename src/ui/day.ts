/** The day of a date in UTC, such as `2026-11-25`. */
export function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}
