import { isAccountId, parseArn, parseSecretArn } from '../../aws/arn.ts';
import type { ExpectedAccount } from '../../aws/clients.ts';
import { missingFailure } from '../../cli/failure-output.ts';
import type { CommonOptions } from '../../cli/options.ts';
import { configuredRegions } from '../../cli/region-and-endpoints.ts';
import { type CommandRun, expectedAccount, runCommand } from '../../cli/run-command.ts';
import { missingSecretItems, withExamples } from '../../cli/setup-inputs.ts';
import { EXIT, Failure } from '../../failure.ts';
import type { SetupAnswers } from '../../options/setup-request.ts';
import { matches, pattern } from '../../policy/match.ts';
import { setupMessages as messages } from '../../ui/messages.ts';
import { exportMessages } from './messages.ts';
import { planExport } from './plan.ts';
import type { ExportPlan, ExportSubject, PlannedRole } from './types.ts';

/**
 * Runs one of the `export` commands and returns the exit code. Makes no AWS calls. `perform` gets the only account that the plan
 * is valid for, if there is one.
 */
export function runExport(
  subject: ExportSubject,
  common: CommonOptions,
  perform: (run: CommandRun, plan: ExportPlan, account: string | undefined) => Promise<void>,
): Promise<number> {
  const regions = 'answers' in subject ? subject.answers.regions : [];
  return runCommand(common, regions, async (run) => {
    const performFor = (answers: SetupAnswers[], manifestAccount?: ExpectedAccount) => {
      const namedAccount = expectedAccount(common, manifestAccount);
      const plan = planExport(answers);
      return perform(run, plan, accountOf(plan, namedAccount));
    };
    if ('answers' in subject) await performFor([await completeAnswers(run, subject.answers)]);
    else await exportManifestKeys(run, subject.manifest, performFor);
    return EXIT.done;
  });
}

async function exportManifestKeys(
  { interrupt, output }: CommandRun,
  path: string,
  perform: (answers: SetupAnswers[], account: ExpectedAccount | undefined) => Promise<void>,
): Promise<void> {
  const { waitingFor } = await import('../../cli/batch/run-batch.ts');
  const { asManifest, readManifest } = await import('../../manifest/index.ts');
  const { keys, account } = await readManifest(path, { interrupt, ...waitingFor(output) });
  const answers = keys.map((key) => key.answers);
  await asManifest(() => perform(answers, account));
}

/** Uses the configured Region if none is given, and lists everything that is missing in one failure. */
async function completeAnswers(run: CommandRun, givenAnswers: SetupAnswers): Promise<SetupAnswers> {
  const hasNoRegion = givenAnswers.regions.length === 0 && givenAnswers.secretArns.length === 0;
  const withRegions = hasNoRegion ? { ...givenAnswers, regions: configuredRegions(run) } : givenAnswers;
  const answers = run.common.sandbox ? withExamples(withRegions) : withRegions;
  const missing = missingSecretItems(answers);
  if (missing.length > 0) throw missingFailure(missing, messages.missingFlagsHint);
  return answers;
}

/**
 * Returns the only account that the plan is valid for: the named one, or the one in its ARNs. Returns undefined if it is valid
 * for any account.
 * @throws Failure if there would be several accounts
 */
export function accountOf(
  { secrets, roles }: ExportPlan,
  namedAccount: ExpectedAccount | undefined,
): string | undefined {
  const secretAccounts = secrets.flatMap(({ places }) =>
    places.map(({ arn }) => parseSecretArn(arn)?.account),
  );
  // KMS keys don't count, because a KMS key may belong to a different account. A secret can't, nor can a permissions boundary,
  // unless it is an AWS managed policy.
  const boundaryAccounts = roles.map(
    ({ permissionsBoundary = '' }) => parseArn(permissionsBoundary)?.account,
  );
  const arnAccounts = [...secretAccounts, ...boundaryAccounts].filter(
    (account) => account !== undefined && isAccountId(account),
  );
  const accounts = new Set([...(namedAccount ? [namedAccount.account] : []), ...arnAccounts]);
  const [knownAccount, otherAccount] = [...accounts];
  if (otherAccount !== undefined) throw severalAccounts(otherAccount, namedAccount);
  const patternsOfRoles = roles.map(sourceAccounts);
  const account = knownAccount ?? patternsOfRoles.flat().find(isAccountId);
  const foreignPatterns = patternsOfRoles.find((patterns) => !isForAccount(patterns, account));
  if (foreignPatterns) throw severalAccounts(foreignPatterns[0] ?? '', namedAccount);
  return account;
}

/** Returns the accounts, or account patterns, of the flows and routers that may use a role. */
function sourceAccounts({ sourceArns }: PlannedRole): string[] {
  return sourceArns.map((arn) => arn.split(':')[4] ?? '');
}

/** Returns true if a role for flows of these accounts can be used in its own account. */
function isForAccount(patterns: string[], account: string | undefined): boolean {
  if (patterns.length === 0 || account === undefined) return true;
  return patterns.some((each) => matches(pattern(each), account));
}

function severalAccounts(otherAccount: string, namedAccount: ExpectedAccount | undefined): Failure {
  const sentence = namedAccount
    ? exportMessages.arnOfOther(otherAccount, namedAccount.account, namedAccount.from)
    : exportMessages.severalAccounts;
  return new Failure(sentence, { code: 'usage', exitCode: EXIT.usage });
}
