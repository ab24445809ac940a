import type { ChalkInstance } from 'chalk';
import { statusMessages as messages } from '../../inventory/messages.ts';
import type { StatusCheck, StatusSecret } from '../../inventory/types.ts';
import { plain } from '../../text.ts';
import { wrap } from '../../ui/output.ts';
import { colorOf, mark, worst } from '../../ui/verdicts.ts';

/** Where and how lines are shown. */
export interface Page {
  width: number;
  paint: ChalkInstance;
}

/** A secret and all that was checked about it in its place in the tree. */
export interface SecretRow {
  secret: StatusSecret;
  checks: StatusCheck[];
}

const READ_WIDTH = '2026-11-25'.length;
const GAP = '  ';

/** How the columns of some secrets are set: the same for all Regions, so that they can be read down. */
interface Shape {
  /** In front of a Region. */
  indent: string;
  /** Columns of the longest name beside which the facts have room; 0 when there is none. */
  nameWidth: number;
  ageWidth: number;
}

/** The lines of some secrets, grouped by Region: one for each where it fits, and what is wrong with it below. */
export function secretLines(page: Page, indent: string, rows: SecretRow[]): string[] {
  const shape = shapeFor(page, indent, rows);
  const regions = [...new Set(rows.map(({ secret }) => secret.region))];
  return regions.flatMap((region, at) => [
    regionLine(page, shape, region, at === 0),
    ...rows.filter(({ secret }) => secret.region === region).flatMap((row) => rowLines(page, shape, row)),
  ]);
}

function shapeFor({ width }: Page, indent: string, rows: SecretRow[]): Shape {
  const ageWidth = Math.max(messages.ageTitle.length, ...rows.map(({ secret }) => ageOf(secret).length));
  const room = width - startOf(indent).length - GAP.length * 2 - ageWidth - READ_WIDTH;
  const lengths = rows.map(({ secret }) => plain(secret.name).length).filter((length) => length <= room);
  if (lengths.length === 0) return { indent, ageWidth, nameWidth: 0 };
  // The titles of the columns stand beside the first Region, whose name may be longer than those of the secrets.
  const [first] = rows;
  const regionWidth = (first?.secret.region.length ?? 0) - startOf('').length;
  return { indent, ageWidth, nameWidth: Math.max(...lengths, Math.min(regionWidth, room)) };
}

/** As much as stands in front of a name: the indent under the Region, the mark and a space. */
function startOf(indent: string): string {
  return `${indent}${GAP}  `;
}

function regionLine({ paint }: Page, { indent, nameWidth, ageWidth }: Shape, region: string, first: boolean) {
  if (!first || nameWidth === 0) return `${indent}${region}`;
  const titles = `${messages.ageTitle.padStart(ageWidth)}${GAP}${messages.readTitle}`;
  const before = startOf('').length + nameWidth;
  // Beside a Region's name that reaches into the columns they would not stand above them.
  return region.length > before
    ? `${indent}${region}`
    : `${indent}${region.padEnd(before)}${GAP}${paint.dim(titles)}`;
}

function rowLines(page: Page, shape: Shape, { secret, checks }: SecretRow): string[] {
  const { indent, nameWidth, ageWidth } = shape;
  const name = plain(secret.name);
  const begin = `${indent}${GAP}${mark(page.paint, worst(checks))} `;
  const below = `${startOf(indent)}  `;
  const [age, read] = [ageOf(secret), secret.lastRead ?? messages.never];
  const remarks = remarksOf(secret).join('; ');
  const problems = problemLines(page, below, checks);
  // A name that leaves no room beside it moves the facts to the next line. It is never cut.
  if (name.length > nameWidth) {
    const facts = [messages.aged(age, read), ...(remarks ? [remarks] : [])].join('; ');
    return [begin + name, ...wrapped(page, below, facts), ...problems];
  }
  const facts = [name.padEnd(nameWidth), age.padStart(ageWidth), read].join(GAP);
  const withRemarks = `${facts}${' '.repeat(READ_WIDTH - read.length)}${GAP}${remarks}`;
  const beside = remarks !== '' && startOf(indent).length + withRemarks.length <= page.width;
  return [
    begin + (beside ? withRemarks : facts),
    ...(beside || !remarks ? [] : wrapped(page, below, remarks)),
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

/** What is not right among some checks, a sentence each. */
export function problemLines(page: Page, indent: string, checks: StatusCheck[]): string[] {
  return checks
    .filter(({ verdict }) => verdict !== 'ok')
    .flatMap(({ verdict, detail }) =>
      wrapped(page, indent, detail).map((line) => colorOf(page.paint, verdict)(line)),
    );
}

/** A text from AWS or about it, broken between words. */
export function wrapped({ width }: Page, indent: string, text: string): string[] {
  return wrap(`${indent}${plain(text)}`, width).split('\n');
}
