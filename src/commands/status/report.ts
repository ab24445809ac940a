import { statusMessages as messages } from '../../inventory/messages.ts';
import type { Status, StatusCheck, StatusPolicy, StatusRole, StatusSecret } from '../../inventory/types.ts';
import { clean, groupByText, MOST_LINES } from '../../text.ts';
import { toolCommand } from '../../ui/commands.ts';
import { type Output, verdictMark, worstVerdict } from '../../ui/output.ts';
import { type Page, problemLines, type SecretRow, secretLines, wrapped } from './table.ts';

/**
 * Returns the output of `status`: roles with their policies, secrets by Region, what is not connected, and what is missing.
 * @param manifest the path of the manifest, if the status is that of a manifest
 */
export function statusText(
  status: Status,
  output: Pick<Output, 'resultWidth' | 'paintResult'>,
  manifest?: string,
): string {
  const page: Page = { width: output.resultWidth, paint: output.paintResult };
  const { account, partition, roles, secrets } = status;
  const isEmpty = roles.length + secrets.length + status.policies.length === 0 && manifest === undefined;
  const lines = isEmpty
    ? [...wrapped(page, '', messages.nothing(account)), ...wrapped(page, '', messages.nothingNext)]
    : [
        page.paint.bold(messages.title(account, partition)),
        ...wrapped(page, '', countLine(status)),
        ...roles.flatMap((role) => ['', ...roleLines(page, role, secrets)]),
        ...unconnectedLines(page, status),
        ...missingLines(page, status, manifest),
      ];
  return [...lines, '', ...endLines(page, status, manifest)].join('\n');
}

/** Returns the number of resources, of checks with a problem, and of missing resources. */
function countLine({ roles, secrets, missing = [] }: Status): string {
  const checks = [...roles, ...secrets].flatMap((resource) => resource.checks);
  const verdictCounts = (['failed', 'warning', 'cannot-tell'] as const).flatMap((verdict) => {
    const count = checks.filter((check) => check.verdict === verdict).length;
    return count > 0 ? [messages.verdicts[verdict](count)] : [];
  });
  const missingCount = missing.length > 0 ? [messages.missingCount(missing.length)] : [];
  return [messages.count(roles.length, secrets.length), ...verdictCounts, ...missingCount].join(', ');
}

function roleLines(page: Page, role: StatusRole, secrets: StatusSecret[]): string[] {
  const { name, arn, own, policies } = role;
  // Checks about the policies and secrets of the role are printed with these.
  const checks = role.checks.filter(({ id }) => /^role-(name|path|trust|guard|policies)$/.test(id));
  const hasUnreadPolicies = checks.some(({ id }) => id === 'role-policies');
  const [title = '', ...titleContinuation] = wrapped(page, '  ', messages.role(name, own));
  return [
    `${verdictMark(page.paint, worstVerdict(checks))} ${page.paint.bold(title.trimStart())}`,
    ...titleContinuation,
    `  ${page.paint.dim(clean(arn))}`,
    ...problemLines(page, '    ', checks),
    ...(policies.length === 0 && !hasUnreadPolicies ? wrapped(page, '  ', messages.readsNothing) : []),
    ...policies.flatMap((policy) => policyLines(page, policy, role, secrets)),
  ];
}

function policyLines(page: Page, policy: StatusPolicy, role: StatusRole, secrets: StatusSecret[]): string[] {
  const { name, arn, prefixes, scopes, missing, unseen } = policy;
  const checks = role.checks.filter(
    ({ id, subject }) => /^policy-(reads-only|scope)$/.test(id) && subject === (arn ?? name),
  );
  const missingSecretChecks = role.checks.filter(
    ({ id, subject }) => id === 'policy-names-secret' && missing.includes(subject),
  );
  return [
    `  ${verdictMark(page.paint, worstVerdict(checks))} ${messages.policy(clean(name), arn === null)}`,
    ...problemLines(page, '      ', checks),
    ...prefixes.flatMap((prefix) => wrapped(page, '    ', messages.prefix(prefix))),
    ...scopes.flatMap((scope) => wrapped(page, '    ', messages.scope(scope))),
    ...secretLines(page, '    ', rowsOf(policy, role, secrets)),
    ...missingSecretChecks.flatMap((check) => [
      `    ${verdictMark(page.paint, check.verdict)} ${clean(check.subject)}`,
      ...problemLines(page, '        ', [check]),
    ]),
    ...(unseen.length > 0 ? wrapped(page, '    ', messages.unseen(unseen.length, regionsOf(unseen))) : []),
  ];
}

function rowsOf(policy: StatusPolicy, { checks }: StatusRole, secrets: StatusSecret[]): SecretRow[] {
  const policySecrets = new Set(policy.secrets);
  const readChecks = new Map<string, StatusCheck>(
    checks.flatMap((check) => (check.id === 'role-reads-secret' ? [[check.subject, check] as const] : [])),
  );
  return secrets
    .filter(({ arn }) => policySecrets.has(arn))
    .map((secret) => {
      const check = readChecks.get(secret.arn);
      return { secret, checks: [...secret.checks, ...(check ? [check] : [])] };
    });
}

/** Returns the unique Regions of ARNs and ARN patterns. */
function regionsOf(arns: string[]): string[] {
  return [...new Set(arns.map((arn) => arn.split(':')[3] || messages.anyRegion))];
}

/** Returns lines about the secrets and policies that this program created and no role uses. */
function unconnectedLines(page: Page, { secrets, policies }: Status): string[] {
  const unreadSecrets = secrets.filter(({ roles }) => roles.length === 0);
  if (unreadSecrets.length + policies.length === 0) return [];
  const rows = unreadSecrets.map((secret) => ({ secret, checks: secret.checks }));
  return [
    '',
    page.paint.bold(messages.loose),
    ...(unreadSecrets.length > 0 ? [`  ${messages.looseSecrets}`, ...secretLines(page, '    ', rows)] : []),
    ...(policies.length > 0
      ? [`  ${messages.loosePolicies}`, ...policies.map(({ name }) => `    ${clean(name)}`)]
      : []),
  ];
}

/** Returns lines about the searched Regions, what could not be read, and how to find out more. */
function endLines(page: Page, { regions, notes, roles, secrets }: Status, manifest?: string): string[] {
  const command = manifest === undefined ? verifyCommand(roles, secrets) : withManifest('verify', manifest);
  return [
    ...(notes.length > 0 ? [page.paint.bold(messages.notes)] : []),
    ...notes.flatMap(({ subjects, detail }) => wrapped(page, '  ', messages.note(subjects, detail))),
    ...wrapped(page, '', messages.lookedIn(regions)),
    ...(secrets.length > 0 ? wrapped(page, '', messages.readByAnyone) : []),
    ...(secrets.some(({ keySinceFrom }) => keySinceFrom === 'last-change')
      ? wrapped(page, '', messages.leastAge)
      : []),
    ...(command
      ? [...wrapped(page, '', manifest ? messages.verifyAll : messages.verify), `  ${command}`]
      : []),
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
  return toolCommand('verify', '--secret-arn', clean(secret.arn), '--role-name', clean(role.name));
}

/**
 * Returns lines about what a manifest names and the account lacks, one for each resource (a secret with all its Regions), and the
 * command that creates what is missing.
 */
function missingLines(page: Page, status: Status, manifest: string | undefined): string[] {
  const { missing = [], secrets } = status;
  // `setup` restores nothing without `--restore`.
  const needsRestore = secrets.some(({ deletedAt }) => deletedAt !== null);
  if (manifest === undefined || (missing.length === 0 && !needsRestore)) return [];
  return [
    '',
    ...(missing.length > 0 ? listMissing(page, missing) : []),
    ...wrapped(page, '', needsRestore ? messages.setUpAndRestore(missing.length) : messages.setUp),
    `  ${withManifest('setup', manifest, ...(needsRestore ? ['--restore'] : []))}`,
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
