import { isAccountId, parseArn, parseSecretArn } from '../../aws/arn.ts';
import type { ExpectedAccount } from '../../aws/session.ts';
import { EXIT, Failure } from '../../failure.ts';
import { matches, pattern } from '../../policy/match.ts';
import { exportWords as words } from './messages.ts';
import type { ExportPlan, PlannedRole } from './types.ts';

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
  const sentence = named ? words.arnOfOther(other, named.account, named.from) : words.severalAccounts;
  return new Failure(sentence, { code: 'usage', exitCode: EXIT.usage });
}
