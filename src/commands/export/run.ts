import { isAccountId, parseArn, parseSecretArn } from '../../aws/arn.ts';
import type { ExpectedAccount } from '../../aws/clients.ts';
import { configuredRegions } from '../../cli/configured-values.ts';
import { missingFailure } from '../../cli/failure-output.ts';
import type { CommonOptions } from '../../cli/options.ts';
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
 * Runs one of the `export` commands and returns the exit code. AWS is not asked anything. `perform` gets the one account for which the
 * plan is right, if it is for one.
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

/** Takes the Region that is configured where none is given, and names all that is missing in one failure. */
async function completeAnswers(run: CommandRun, given: SetupAnswers): Promise<SetupAnswers> {
  const asks = given.regions.length === 0 && given.secretArns.length === 0;
  const found = asks ? { ...given, regions: configuredRegions(run) } : given;
  const answers = run.common.sandbox ? withExamples(found) : found;
  const missing = missingPlace(answers);
  if (missing.length > 0) throw missingFailure(missing, messages.missingFlagsHint);
  return answers;
}

/**
 * Returns the one account for which the plan is right: the one that was named, or to which its ARNs belong. Undefined where it is
 * right for any account.
 * @throws Failure when that would be several accounts
 */
export function accountOf(
  { secrets, roles }: ExportPlan,
  named: ExpectedAccount | undefined,
): string | undefined {
  const ofSecrets = secrets.flatMap(({ places }) => places.map(({ arn }) => parseSecretArn(arn)?.account));
  // A KMS key may belong to another account; a secret may not, nor may a boundary that is not one of AWS's own.
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

/** The accounts, or patterns for some, of the flows and routers that may use a role. */
function sourceAccounts({ sourceArns }: PlannedRole): string[] {
  return sourceArns.map((arn) => arn.split(':')[4] ?? '');
}

/** Returns whether a role that is for flows of these accounts can be used in its own account. */
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
