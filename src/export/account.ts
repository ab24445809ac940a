import { parseArn, parseSecretArn } from '../aws/arn.ts';
import { isAccountId } from '../aws/names.ts';
import type { ExpectedAccount } from '../aws/session.ts';
import { EXIT, Failure } from '../failure.ts';
import { exportWords as words } from '../report/words/export.ts';
import type { ExportPlan } from './types.ts';

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
  const [account, other] = [...new Set([...(named ? [named.account] : []), ...ofArns])];
  if (other === undefined) return account;
  const sentence = named ? words.arnOfOther(other, named.account, named.from) : words.severalAccounts;
  throw new Failure(sentence, { code: 'usage', exitCode: EXIT.usage });
}
