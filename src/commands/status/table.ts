import type { ChalkInstance } from 'chalk';
import { statusMessages as messages } from '../../inventory/messages.ts';
import type { Status, StatusCheck, StatusPolicy, StatusRole, StatusSecret } from '../../inventory/types.ts';
import type { Verdict } from '../../plan-types.ts';
import { clean, groupedBy } from '../../text.ts';
import { colorOf, verdictMark, verdictMarks, worstVerdict, wrap } from '../../ui/output.ts';

/** Width and colors for printed lines. */
export interface Page {
  width: number;
  paint: ChalkInstance;
}

/** A cell of a table. */
interface Cell {
  text: string;
  /** Colors the text. */
  paint?(text: string): string;
}

/** A column of a table. Its cells are in the order of the rows. */
interface Column {
  title: string;
  cells: Cell[];
  alignsRight?: boolean;
}

/** The space between two columns. */
const GAP = '  ';

/** The least width of the first column. A longer name has a line of its own. */
const LEAST_NAME_WIDTH = 12;

/** Returns the table of the secrets, a row for each secret and Region. Without room for columns, each has its facts below. */
export function secretLines(page: Page, { secrets, roles }: Status): string[] {
  if (secrets.length === 0) return [];
  const { columns } = messages;
  const sorted = secrets.toSorted((a, b) => a.name.localeCompare(b.name) || a.region.localeCompare(b.region));
  const readChecks = groupedBy(
    roles.flatMap(({ checks }) => checks.filter(({ id }) => id === 'role-reads-secret')),
    ({ subject }) => subject,
  );
  const rows = sorted.map((secret) => ({
    secret,
    state: stateOf(secret, [...secret.checks, ...(readChecks.get(secret.arn) ?? [])]),
    role: roleCell(secret, roles),
  }));
  const name = { title: columns.secret, cells: rows.map(({ secret }) => ({ text: clean(secret.name) })) };
  const others = [
    { title: columns.region, cells: rows.map(({ secret }) => ({ text: clean(secret.region) })) },
    { title: columns.age, cells: rows.map(({ secret }) => ({ text: ageOf(secret) })), alignsRight: true },
    { title: columns.read, cells: rows.map(({ secret }) => ({ text: readOf(secret) })) },
  ];
  const role = { title: columns.role, cells: rows.map((row) => ({ text: row.role })) };
  const state = { title: columns.state, cells: rows.map((row) => stateCell(page, row.state)) };
  const table =
    tableLines(page, [name, ...others, role, state]) ?? tableLines(page, [name, ...others, state]);
  return (
    table ??
    rows.flatMap(({ secret, state: { verdict, text }, role }) => {
      const title = messages.secretInRegion(secret.name, secret.region);
      const facts = messages.aged(ageOf(secret), readOf(secret), role);
      return stackedLines(page, verdict, title, [text === '' ? facts : `${text}, ${facts}`]);
    })
  );
}

function ageOf({ keyAgeDays, keySinceFrom }: StatusSecret): string {
  return keyAgeDays === null ? messages.notKnown : messages.days(keyAgeDays, keySinceFrom === 'version');
}

function readOf({ lastRead }: StatusSecret): string {
  return lastRead ?? messages.never;
}

function roleCell({ roles: arns }: StatusSecret, roles: StatusRole[]): string {
  const [first, ...others] = roles.filter(({ arn }) => arns.includes(arn));
  return first ? messages.andMore(clean(first.name), others.length) : messages.noRole;
}

/** A verdict and a few words about it. */
interface State {
  verdict: Verdict;
  text: string;
}

/** Returns the worst verdict on a secret. The checks include those of the roles that read it. */
function stateOf({ replicaOf, roles: arns }: StatusSecret, checks: StatusCheck[]): State {
  const verdict = worstVerdict(checks);
  const worst = checks.find((check) => check.verdict === verdict);
  if (worst && verdict !== 'ok')
    return { verdict, text: messages.states[worst.id as keyof typeof messages.states] ?? '' };
  if (replicaOf) return { verdict, text: messages.replica };
  return { verdict, text: arns.length === 0 ? messages.unused : '' };
}

function stateCell({ paint }: Page, { verdict, text }: State): Cell {
  return { text: `${verdictMarks[verdict]} ${text}`.trimEnd(), paint: colorOf(paint, verdict) };
}

/** Returns the table of the roles, a row for each policy, and lines about policies that cover more than named secrets. */
export function roleLines(page: Page, { roles }: Status): string[] {
  if (roles.length === 0) return [];
  const { columns } = messages;
  const rows = roles.flatMap((role) => {
    const policies = policyCells(page, role);
    return policies.map((policy, index) => ({ role, policy, isFirst: index === 0 }));
  });
  const table = tableLines(page, [
    {
      title: columns.role,
      cells: rows.map(({ role, isFirst }) => ({ text: isFirst ? clean(role.name) : '' })),
    },
    {
      title: columns.trust,
      cells: rows.map(({ role, isFirst }) => (isFirst ? stateCell(page, trustOf(role)) : { text: '' })),
    },
    { title: columns.policy, cells: rows.map(({ policy }) => policy) },
  ]);
  const stacked = () =>
    roles.flatMap((role) => {
      const { verdict, text } = trustOf(role);
      const policies = policyCells(page, role).map((policy) => policy.text);
      return stackedLines(page, verdict, clean(role.name), [messages.trusted(text), ...policies]);
    });
  return [
    ...(table ?? stacked()),
    ...roles.flatMap(({ policies }) => policies.flatMap((policy) => coverageLines(page, policy))),
  ];
}

/** Returns whether MediaConnect can assume the role, and whether it is limited to this account. */
function trustOf({ checks }: StatusRole): State {
  const trust = checks.find(({ id }) => id === 'role-trust');
  const guard = checks.find(({ id }) => id === 'role-guard');
  const verdict = trust?.verdict === 'ok' ? (guard?.verdict ?? 'ok') : (trust?.verdict ?? 'cannot-tell');
  return { verdict, text: messages.trust[verdict] };
}

function policyCells({ paint }: Page, { policies, checks }: StatusRole): Cell[] {
  if (policies.length === 0) {
    const isUnread = checks.some(({ id }) => id === 'role-policies');
    return [{ text: isUnread ? messages.policiesUnread : messages.readsNothing }];
  }
  return policies.map(({ name, arn }) => {
    const verdict = worstVerdict(checks.filter((check) => isAbout(check, arn ?? name)));
    const text = messages.policy(clean(name), arn === null);
    return verdict === 'ok'
      ? { text }
      : { text: `${verdictMarks[verdict]} ${text}`, paint: colorOf(paint, verdict) };
  });
}

function isAbout({ id, subject }: StatusCheck, policy: string): boolean {
  return /^policy-(reads-only|scope)$/.test(id) && subject === policy;
}

/** Returns lines about the patterns in a policy, and about its secrets in Regions that were not searched. */
function coverageLines(page: Page, { name, prefixes, scopes, unseen }: StatusPolicy): string[] {
  const unseenRegions = [...new Set(unseen.map((arn) => arn.split(':')[3] || messages.anyRegion))];
  return [
    ...prefixes.map((pattern) => messages.prefix(name, pattern)),
    ...scopes.map((scope) => messages.scope(name, scope)),
    ...(unseen.length > 0 ? [messages.unseen(name, unseen.length, unseenRegions)] : []),
  ].flatMap((text) => wrapped(page, '  ', text));
}

/** Returns a name with its mark, and its facts below, for a page without room for columns. */
function stackedLines(page: Page, verdict: Verdict, title: string, facts: string[]): string[] {
  const [first = '', ...others] = wrapped(page, '  ', title);
  return [
    `${verdictMark(page.paint, verdict)} ${first.trimStart()}`,
    ...others,
    ...facts.flatMap((fact) => wrapped(page, '    ', fact)),
  ];
}

/**
 * Returns the lines of a table; undefined if its columns don't fit the page. The first column has names. A name that leaves no room
 * for the other columns has a line of its own, and is never truncated.
 */
function tableLines({ width, paint }: Page, [names, ...others]: [Column, ...Column[]]): string[] | undefined {
  const widths = others.map(widthOf);
  const restWidth = widths.reduce((sum, each) => sum + GAP.length + each, 0);
  const room = width - restWidth;
  if (room < Math.min(LEAST_NAME_WIDTH, widthOf(names))) return undefined;
  const fittingNames = [names.title, ...names.cells.map(({ text }) => text)].filter(
    (text) => text.length <= room,
  );
  const nameWidth = Math.max(...fittingNames.map(({ length }) => length));
  const restOf = (cellOf: (column: Column) => Cell) =>
    others
      .map((column, index) => GAP + aligned(cellOf(column), widths[index] ?? 0, column.alignsRight))
      .join('');
  const rows = names.cells.flatMap((name, row) => {
    const rest = restOf(({ cells }) => cells[row] ?? { text: '' });
    return name.text.length > nameWidth
      ? [painted(name, name.text), `${' '.repeat(nameWidth)}${rest}`.trimEnd()]
      : [`${aligned(name, nameWidth)}${rest}`.trimEnd()];
  });
  const titles = `${names.title.padEnd(nameWidth)}${restOf(({ title }) => ({ text: title }))}`.trimEnd();
  return [paint.dim(titles), ...rows];
}

function widthOf({ title, cells }: Column): number {
  return Math.max(title.length, ...cells.map(({ text }) => text.length));
}

function aligned(cell: Cell, width: number, alignsRight = false): string {
  const padding = ' '.repeat(Math.max(width - cell.text.length, 0));
  const text = painted(cell, cell.text);
  return alignsRight ? padding + text : text + padding;
}

function painted({ paint }: Cell, text: string): string {
  return paint ? paint(text) : text;
}

/** Wraps a text from or about AWS between words. */
export function wrapped({ width }: Page, indent: string, text: string): string[] {
  return wrap(`${indent}${clean(text)}`, width).split('\n');
}
