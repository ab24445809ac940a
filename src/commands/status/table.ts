import type { ChalkInstance } from 'chalk';
import { statusMessages as messages } from '../../inventory/messages.ts';
import type { StatusCheck, StatusSecret } from '../../inventory/types.ts';
import { clean } from '../../text.ts';
import { colorOf, verdictMark, worstVerdict, wrap } from '../../ui/output.ts';

/** Width and colors for printed lines. */
export interface Page {
  width: number;
  paint: ChalkInstance;
}

/** A secret, with its own checks and, under a role, the check whether that role can read it. */
export interface SecretRow {
  secret: StatusSecret;
  checks: StatusCheck[];
}

/** The width of a date, for the column that says when a secret was last read. */
const READ_WIDTH = '2026-11-25'.length;
/** The space between two columns, and the indent of secrets below their Region. */
const GAP = '  ';

/** The column layout of a list of secrets. All Regions of the list share it, so that the columns align. */
interface ColumnLayout {
  /** The indent of a Region's name. */
  indent: string;
  /** The width of the longest secret name that leaves room for the other columns; 0 if there is none. */
  nameWidth: number;
  ageWidth: number;
}

/** Returns the lines of some secrets, grouped by Region: one line for each if it fits, with its problems below. */
export function secretLines(page: Page, indent: string, rows: SecretRow[]): string[] {
  const layout = layoutFor(page, indent, rows);
  const regions = [...new Set(rows.map(({ secret }) => secret.region))];
  return regions.flatMap((region, index) => [
    regionLine(page, layout, region, { withTitles: index === 0 }),
    ...rows.filter(({ secret }) => secret.region === region).flatMap((row) => rowLines(page, layout, row)),
  ]);
}

function layoutFor({ width }: Page, indent: string, rows: SecretRow[]): ColumnLayout {
  const ageWidth = Math.max(messages.ageTitle.length, ...rows.map(({ secret }) => ageOf(secret).length));
  const maxNameWidth = width - blanksBeforeName(indent).length - GAP.length * 2 - ageWidth - READ_WIDTH;
  const nameLengths = rows.map(({ secret }) => clean(secret.name).length);
  const fittingLengths = nameLengths.filter((length) => length <= maxNameWidth);
  if (fittingLengths.length === 0) return { indent, ageWidth, nameWidth: 0 };
  // The column titles are next to the first Region, whose name may be longer than those of the secrets.
  const [first] = rows;
  const regionWidth = (first?.secret.region.length ?? 0) - blanksBeforeName('').length;
  return { indent, ageWidth, nameWidth: Math.max(...fittingLengths, Math.min(regionWidth, maxNameWidth)) };
}

/** Returns blanks as wide as what precedes a secret's name: the indent below the Region, the mark and a space. */
function blanksBeforeName(indent: string): string {
  return `${indent}${GAP}  `;
}

function regionLine(
  { paint }: Page,
  { indent, nameWidth, ageWidth }: ColumnLayout,
  region: string,
  { withTitles }: { withTitles: boolean },
): string {
  const titleOffset = blanksBeforeName('').length + nameWidth;
  // Next to a Region name that extends into the columns, the titles would not align with them.
  if (!withTitles || nameWidth === 0 || region.length > titleOffset) return `${indent}${region}`;
  const titles = `${messages.ageTitle.padStart(ageWidth)}${GAP}${messages.readTitle}`;
  return `${indent}${region.padEnd(titleOffset)}${GAP}${paint.dim(titles)}`;
}

function rowLines(page: Page, layout: ColumnLayout, { secret, checks }: SecretRow): string[] {
  const { indent, nameWidth, ageWidth } = layout;
  const name = clean(secret.name);
  const start = `${indent}${GAP}${verdictMark(page.paint, worstVerdict(checks))} `;
  const indentBelow = `${blanksBeforeName(indent)}  `;
  const [age, read] = [ageOf(secret), secret.lastRead ?? messages.never];
  const remarks = remarksOf(secret).join('; ');
  const problems = problemLines(page, indentBelow, checks);
  // After a name that leaves no room, the other columns go to the next line. A name is never truncated.
  if (name.length > nameWidth) {
    const facts = [messages.aged(age, read), ...(remarks ? [remarks] : [])].join('; ');
    return [start + name, ...wrapped(page, indentBelow, facts), ...problems];
  }
  const facts = [name.padEnd(nameWidth), age.padStart(ageWidth), read].join(GAP);
  const withRemarks = `${facts}${' '.repeat(READ_WIDTH - read.length)}${GAP}${remarks}`;
  const remarksFit = remarks !== '' && blanksBeforeName(indent).length + withRemarks.length <= page.width;
  return [
    start + (remarksFit ? withRemarks : facts),
    ...(remarksFit || !remarks ? [] : wrapped(page, indentBelow, remarks)),
    ...problems,
  ];
}

function remarksOf({ replicaOf, replicas }: StatusSecret): string[] {
  return [
    ...(replicaOf ? [messages.replica(replicaOf)] : []),
    ...(replicas.length > 0 ? [messages.replicas(replicas)] : []),
  ];
}

function ageOf({ keyAgeDays, keySinceFrom }: StatusSecret): string {
  return keyAgeDays === null ? messages.notKnown : messages.days(keyAgeDays, keySinceFrom === 'version');
}

/** Returns the problems among some checks, one sentence each. */
export function problemLines(page: Page, indent: string, checks: StatusCheck[]): string[] {
  return checks
    .filter(({ verdict }) => verdict !== 'ok')
    .flatMap(({ verdict, detail }) =>
      wrapped(page, indent, detail).map((line) => colorOf(page.paint, verdict)(line)),
    );
}

/** Wraps a text from or about AWS between words. */
export function wrapped({ width }: Page, indent: string, text: string): string[] {
  return wrap(`${indent}${clean(text)}`, width).split('\n');
}
