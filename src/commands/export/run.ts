import { isAccountId, parseArn, parseSecretArn } from '../../aws/arn.ts';
import type { ExpectedAccount } from '../../aws/clients.ts';
import { missingFailure } from '../../cli/failure-output.ts';
import type { CommonOptions } from '../../cli/options.ts';
import { configuredRegions } from '../../cli/region-and-endpoints.ts';
import { type CommandRun, expectedAccount, runCommand } from '../../cli/run-command.ts';
import { missingPlace, withExamples } from '../../cli/setup-inputs.ts';
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
    const performFor = (answers: SetupAnswers[], ofManifest?: ExpectedAccount) => {
      const named = expectedAccount(common, ofManifest);
      const plan = planExport(answers);
      return perform(run, plan, accountOf(plan, named));
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
async function completeAnswers(run: CommandRun, given: SetupAnswers): Promise<SetupAnswers> {
  const asks = given.regions.length === 0 && given.secretArns.length === 0;
  const found = asks ? { ...given, regions: configuredRegions(run) } : given;
  const answers = run.common.sandbox ? withExamples(found) : found;
  const missing = missingPlace(answers);
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
  named: ExpectedAccount | undefined,
): string | undefined {
  const ofSecrets = secrets.flatMap(({ places }) => places.map(({ arn }) => parseSecretArn(arn)?.account));
  // A KMS key may belong to a different account. A secret can't, nor can a permissions boundary, unless it is an AWS managed
  // policy.
  const ofBoundaries = roles.map(({ permissionsBoundary = '' }) => parseArn(permissionsBoundary)?.account);
  const ofArns = [...ofSecrets, ...ofBoundaries].filter(
    (account) => account !== undefined && isAccountId(account),
  );
  const [known, other] = [...new Set([...(named ? [named.account] : []), ...ofArns])];
  if (other !== undefined) throw severalAccounts(other, named);
  const patterns = roles.map(sourceAccounts);
  const account = known ?? patterns.flat().find(isAccountId);
  const foreign = patterns.find((accounts) => !isForAccount(accounts, account));
  if (foreign) throw severalAccounts(foreign[0] ?? '', named);
  return account;
}

/** Returns the accounts, or account patterns, of the flows and routers that may use a role. */
function sourceAccounts({ sourceArns }: PlannedRole): string[] {
  return sourceArns.map((arn) => arn.split(':')[4] ?? '');
}

/** Returns true if a role for flows of these accounts can be used in its own account. */
function isForAccount(accounts: string[], account: string | undefined): boolean {
  if (accounts.length === 0 || account === undefined) return true;
  return accounts.some((each) => matches(pattern(each), account));
}

function severalAccounts(other: string, named: ExpectedAccount | undefined): Failure {
  const sentence = named
    ? exportMessages.arnOfOther(other, named.account, named.from)
    : exportMessages.severalAccounts;
  return new Failure(sentence, { code: 'usage', exitCode: EXIT.usage });
}
