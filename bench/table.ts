/** One line of the result. */
export interface Row {
  measure: string;
  figure: string;
  reach: string;
  verdict: 'ok' | 'MISSED' | 'not measured';
  /** What the figure was made of, or why there is none. */
  detail: string;
}

/** A figure that is good when it is no more than its reach. */
export function atMost(reach: number, figure: number, measure: string, detail: string, unit = ''): Row {
  return judged(figure <= reach, `at most ${reach}${unit}`, figure, measure, detail, unit);
}

/** A figure that is good when it is no less than its reach. */
export function atLeast(reach: number, figure: number, measure: string, detail: string, unit = ''): Row {
  return judged(figure >= reach, `at least ${reach}${unit}`, figure, measure, detail, unit);
}

/** A line for what cannot be measured here; it counts neither way. */
export function notMeasured(measure: string, detail: string): Row {
  return { measure, figure: '', reach: '', verdict: 'not measured', detail };
}

/** The lines as a table for a terminal or a log, with its columns aligned. */
export function table(rows: readonly Row[]): string {
  const head = ['measure', 'figure', 'reach', '', ''];
  const lines = [head, ...rows.map((row) => [row.measure, row.figure, row.reach, row.verdict, row.detail])];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function judged(
  good: boolean,
  reach: string,
  figure: number,
  measure: string,
  detail: string,
  unit: string,
): Row {
  const shown = `${Number.isInteger(figure) ? figure : figure.toFixed(2)}${unit}`;
  return { measure, figure: shown, reach, verdict: good ? 'ok' : 'MISSED', detail };
}
