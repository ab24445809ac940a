import { isAccountId, parseArn } from '../../aws/arn.ts';
import type { ExpectedAccount } from '../../aws/clients.ts';
import { missingFailure } from '../../cli/failure-output.ts';
import type { CommonOptions } from '../../cli/options.ts';
import { configuredRegions } from '../../cli/region-and-endpoints.ts';
import { type CommandRun, expectedAccount, runCommand } from '../../cli/run-command.ts';
import { missingSecretItems, withExamples } from '../../cli/setup-inputs.ts';
import { EXIT, Failure } from '../../failure.ts';
import type { SetupAnswers } from '../../options/setup-request.ts';
import { matches, parsePattern } from '../../policy/match.ts';
import { setupMessages as messages } from '../../ui/messages.ts';
import { exportMessages } from './messages.ts';
import { planExport } from './plan.ts';
import type { ExportPlan, ExportSubject } from './types.ts';

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
    else await performForManifest(run, subject.manifest, performFor);
    return EXIT.done;
  });
}

async function performForManifest(
  { interrupt, output }: CommandRun,
  path: string,
  performFor: (answers: SetupAnswers[], account: ExpectedAccount | undefined) => Promise<void>,
): Promise<void> {
  const { manifestReadOptions } = await import('../../cli/batch/run-batch.ts');
  const { asManifest, readManifest } = await import('../../manifest/index.ts');
  const { keys, account } = await readManifest(path, { interrupt, ...manifestReadOptions(output) });
  const answers = keys.map((key) => key.answers);
  await asManifest(() => performFor(answers, account));
}

/** Completes the answers as `setup` does, except for the key. Lists everything that is missing in one failure. */
async function completeAnswers(run: CommandRun, givenAnswers: SetupAnswers): Promise<SetupAnswers> {
  const needsRegion = givenAnswers.regions.length === 0 && givenAnswers.secretArns.length === 0;
  const withRegions = needsRegion ? { ...givenAnswers, regions: configuredRegions(run) } : givenAnswers;
  const answers = run.common.sandbox ? withExamples(withRegions) : withRegions;
  const missing = missingSecretItems(answers);
  if (missing.length > 0) throw missingFailure(missing, messages.missingFlagsHint);
  return answers;
}

/**
 * Returns the only account that the plan is valid for: the named one, or the one in the plan's ARNs. Returns undefined if the plan
 * is valid for any account.
 * @throws Failure if ARNs belong to different accounts
 */
export function accountOf(
  { secrets, roles }: ExportPlan,
  namedAccount: ExpectedAccount | undefined,
): string | undefined {
  // Secrets and permissions boundaries are in the account itself. A KMS key may belong to another account, so it doesn't count.
  const arns = [
    ...secrets.flatMap(({ places }) => places.map(({ arn }) => arn)),
    ...roles.flatMap(({ permissionsBoundary }) => permissionsBoundary ?? []),
  ];
  // The account of an AWS managed policy is `aws`.
  const arnAccounts = arns.flatMap((arn) => parseArn(arn)?.account ?? []).filter(isAccountId);
  const accounts = new Set([...(namedAccount ? [namedAccount.account] : []), ...arnAccounts]);
  const [knownAccount, otherAccount] = [...accounts];
  if (otherAccount !== undefined) throw severalAccountsFailure(otherAccount, namedAccount);
  // For each role, the accounts (or account patterns) of the flows and routers that may use it.
  const accountPatterns = roles.map(({ sourceArns }) => sourceArns.map((arn) => arn.split(':')[4] ?? ''));
  const account = knownAccount ?? accountPatterns.flat().find(isAccountId);
  const foreignPatterns = accountPatterns.find((patterns) => !includesAccount(patterns, account));
  if (foreignPatterns) throw severalAccountsFailure(foreignPatterns[0] ?? '', namedAccount);
  return account;
}

/** Returns true if a pattern matches the account. No patterns match every account. */
function includesAccount(patterns: string[], account: string | undefined): boolean {
  if (patterns.length === 0 || account === undefined) return true;
  return patterns.some((each) => matches(parsePattern(each), account));
}

function severalAccountsFailure(otherAccount: string, namedAccount: ExpectedAccount | undefined): Failure {
  const sentence = namedAccount
    ? exportMessages.arnOfOther(otherAccount, namedAccount.account, namedAccount.from)
    : exportMessages.severalAccounts;
  return new Failure(sentence, { code: 'usage', exitCode: EXIT.usage });
}
