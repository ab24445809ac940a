import { DEFAULTS } from '../../defaults.ts';
import { statusMessages as messages } from '../../inventory/messages.ts';
import type { Status, StatusCheck, StatusRole, StatusSecret } from '../../inventory/types.ts';
import type { Verdict } from '../../plan-types.ts';
import { clean, cleanCommand, groupByText, groupedBy, MOST_LINES } from '../../text.ts';
import { toolCommand } from '../../ui/commands.ts';
import { type Output, verdictMark, WORST_FIRST, wrap } from '../../ui/output.ts';
import { type Page, roleLines, secretLines, wrapped } from './table.ts';

/** What `status` needs to print its result. */
type StatusOutput = Pick<Output, 'resultWidth' | 'paintResult' | 'command'>;

/**
 * Returns the output of `status`: a table of the secrets, one of the roles with their policies, the problems, and what is missing.
 * @param manifest the path of the manifest, if the status is that of a manifest
 */
export function statusText(status: Status, output: StatusOutput, manifest?: string): string {
  const page: Page = { width: output.resultWidth, paint: output.paintResult };
  const { account, roles, secrets, policies } = status;
  const isEmpty = roles.length + secrets.length + policies.length === 0 && manifest === undefined;
  const problems = problemsOf(status);
  const blocks = isEmpty
    ? [
        wrapped(page, '', `${messages.nothing(account)} ${messages.searched(status.regions)}`),
        [messages.create, `  ${toolCommand('setup')}`],
        [messages.trySandbox, '  mc-static-key setup --sandbox'],
        noteLines(page, status),
      ]
    : [
        titleLines(page, status, verdictCounts(problems)),
        secretLines(page, status),
        roleLines(page, status),
        unattachedLines(page, status),
        problemLines(page, problems),
        missingLines(page, status, output, manifest),
        noteLines(page, status),
        endLines(page, status, output, manifest),
      ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

/** Returns the account, the number of resources, and the number of problems. */
function titleLines(
  { width, paint }: Page,
  { account, partition, roles, secrets, missing = [] }: Status,
  counts: string[],
): string[] {
  const missingCounts = missing.length > 0 ? [messages.missingCount(missing.length)] : [];
  const findings = [...counts, ...missingCounts].join(', ') || messages.noProblems;
  const title = messages.title(account, partition);
  const parts = [messages.count(roles.length, secrets.length), findings];
  const line = [title, ...parts].join('     ');
  return line.length > width ? [paint.bold(title), ...parts] : [[paint.bold(title), ...parts].join('     ')];
}

/** A check that did not pass. Equal ones of several resources are one problem. */
interface Problem {
  verdict: Verdict;
  subjects: string[];
  detail: string;
}

/** Returns the problems, the worst first. */
function problemsOf({ roles, secrets }: Status): Problem[] {
  const secretLabels = new Map(
    secrets.map(({ arn, name, region }) => [arn, messages.secretInRegion(name, region)]),
  );
  const findings = [
    ...secrets.flatMap(({ arn, checks }) =>
      checks
        .filter(isOpen)
        .map(({ verdict, detail }) => ({ verdict, subject: secretLabels.get(arn) ?? arn, detail })),
    ),
    ...roles.flatMap((role) =>
      role.checks.filter(isOpen).map((check) => findingOf(role, check, secretLabels)),
    ),
  ];
  const groups = groupedBy(findings, ({ verdict, detail }) => `${verdict} ${detail}`);
  const problems = [...groups.values()].map((group): Problem => {
    const [{ verdict, detail }] = group;
    return { verdict, detail, subjects: [...new Set(group.map(({ subject }) => subject))] };
  });
  return WORST_FIRST.flatMap((verdict) => problems.filter((problem) => problem.verdict === verdict));
}

function isOpen({ verdict }: StatusCheck): boolean {
  return verdict !== 'ok';
}

/** Returns the finding of a check of a role, its policies, or a secret that it reads. */
function findingOf(role: StatusRole, check: StatusCheck, secretLabels: ReadonlyMap<string, string>) {
  const { id, verdict, subject, detail } = check;
  const policy = role.policies.find(
    ({ arn, name, missing }) => (arn ?? name) === subject || missing.includes(subject),
  );
  if (id === 'role-reads-secret') {
    const withRole = detail.replace(/(^|the )role /, `role ${role.name} `);
    return { verdict, subject: secretLabels.get(subject) ?? subject, detail: withRole };
  }
  if (id === 'policy-names-secret')
    return { verdict, subject, detail: policy ? messages.inPolicy(detail, policy.name) : detail };
  return { verdict, subject: id.startsWith('policy-') && policy ? policy.name : role.name, detail };
}

/** Returns the number of problems for each verdict. */
function verdictCounts(problems: Problem[]): string[] {
  return (['failed', 'warning', 'cannot-tell'] as const).flatMap((verdict) => {
    const count = problems.filter((problem) => problem.verdict === verdict).length;
    return count > 0 ? [messages.verdicts[verdict](count)] : [];
  });
}

function problemLines({ width, paint }: Page, problems: Problem[]): string[] {
  if (problems.length === 0) return [];
  const lines = problems.map(({ verdict, subjects, detail }) => {
    // An ARN that is wider than the page stays next to the mark.
    const text = wrap(`    ${clean(messages.problem(subjects, detail))}`, width, 0);
    return `  ${verdictMark(paint, verdict)} ${text.trimStart()}`;
  });
  return [paint.bold(messages.problems), ...lines];
}

function unattachedLines(page: Page, { policies }: Status): string[] {
  return policies.length > 0 ? wrapped(page, '', messages.unattached(policies.map(({ name }) => name))) : [];
}

function noteLines(page: Page, { notes }: Status): string[] {
  if (notes.length === 0) return [];
  const lines = notes.flatMap(({ subjects, detail }) => wrapped(page, '  ', messages.note(subjects, detail)));
  return [page.paint.bold(messages.notes), ...lines];
}

/** Returns lines about the searched Regions, about the columns, and how to find out more. */
function endLines(
  page: Page,
  { regions, roles, secrets }: Status,
  { command }: StatusOutput,
  manifest?: string,
): string[] {
  const verify = manifest === undefined ? verifyCommand(roles, secrets) : withManifest('verify', manifest);
  const isLeastAge = secrets.some(({ keySinceFrom }) => keySinceFrom === 'last-change');
  const nextStep = verify ? ` ${manifest ? messages.verifyAll : messages.verify}` : '';
  return [
    ...(secrets.length > 0 ? wrapped(page, '', messages.readByAnyone) : []),
    ...(isLeastAge ? wrapped(page, '', messages.leastAge) : []),
    ...wrapped(page, '', `${messages.searched(regions)}${nextStep}`),
    ...(verify ? [command(`  ${cleanCommand(verify)}`)] : []),
  ];
}

function hasFailed(checks: StatusCheck[], subjects: (string | undefined)[]): boolean {
  return checks.some(({ verdict, subject }) => verdict === 'failed' && subjects.includes(subject));
}

/** Returns the command that verifies one secret with its role, preferably one with a failed check. */
function verifyCommand(roles: StatusRole[], secrets: StatusSecret[]): string | undefined {
  const failedSubjects = new Set(
    [...roles, ...secrets].flatMap(({ checks }) =>
      checks.filter(({ verdict }) => verdict === 'failed').map(({ subject }) => subject),
    ),
  );
  const readSecrets = secrets.filter((secret) => secret.roles.length > 0);
  const secret = readSecrets.find(({ arn }) => failedSubjects.has(arn)) ?? readSecrets[0];
  const readers = roles.filter(({ arn }) => secret?.roles.includes(arn));
  const role = readers.find(({ arn, checks }) => hasFailed(checks, [arn, secret?.arn])) ?? readers[0];
  if (!secret || !role) return undefined;
  return toolCommand(
    ...['verify', '--secret-name', clean(secret.name), '--region', clean(secret.region)],
    ...(role.name === DEFAULTS.roleName ? [] : ['--role-name', clean(role.name)]),
  );
}

/**
 * Returns lines about what a manifest names and the account lacks, one for each resource (a secret with all its Regions), and the
 * command that creates what is missing.
 */
function missingLines(
  page: Page,
  { missing = [], secrets }: Status,
  { command }: StatusOutput,
  manifest: string | undefined,
): string[] {
  // `setup` restores nothing without `--restore`.
  const needsRestore = secrets.some(({ deletedAt }) => deletedAt !== null);
  if (manifest === undefined || (missing.length === 0 && !needsRestore)) return [];
  return [
    ...(missing.length > 0 ? listMissing(page, missing) : []),
    ...wrapped(page, '', needsRestore ? messages.setUpAndRestore(missing.length) : messages.setUp),
    command(`  ${withManifest('setup', manifest, ...(needsRestore ? ['--restore'] : []))}`),
  ];
}

/** Returns the lines that list the missing resources: at most `MOST_LINES`, and the number of the others. */
function listMissing(page: Page, missing: NonNullable<Status['missing']>): string[] {
  const resources = groupByText(missing, ({ kind, name }) => `${kind} ${name}`);
  const lines = resources.slice(0, MOST_LINES).flatMap((group) => {
    const [{ kind, name }] = group;
    const regions = group.flatMap(({ region }) => region ?? []);
    return wrapped(page, '  ', messages.missing(kind, clean(name), regions));
  });
  const hiddenCount = resources.length - MOST_LINES;
  return [
    page.paint.bold(messages.missingTitle),
    ...lines,
    ...(hiddenCount > 0 ? [`  ${messages.moreMissing(hiddenCount)}`] : []),
  ];
}

/** Returns the command for everything that the manifest names. */
function withManifest(command: 'setup' | 'verify', manifest: string, ...flags: string[]): string {
  return toolCommand(command, '--manifest', clean(manifest), ...flags);
}
