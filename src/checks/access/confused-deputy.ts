import type { Identity } from '../../aws/session.ts';
import { type PolicyDocument, tryParsePolicy } from '../../policy/index.ts';
import { matches, parsePattern } from '../../policy/match.ts';
import { evaluateForFlow, exampleFlows, exampleOf, valuesOf } from './trust.ts';

/** Whether a trust policy keeps MediaConnect out when it acts for a flow in another account. */
export type GuardResult =
  | { verdict: 'kept-out' }
  /** `accounts`: accounts or account patterns in the policy; empty if it lets in any account. */
  | { verdict: 'let-in'; accounts: string[] }
  | { verdict: 'cannot-tell'; because: string };

/** Examples of accounts that no policy names. */
const UNNAMED_ACCOUNTS = ['999999999999', '000000000000', '888888888888', '777777777777'];
/** The minimum number of examples. A Deny for a pattern of accounts could match one, and hide that all others are let in. */
const MIN_UNNAMED_ACCOUNTS = 2;
const DIGITS = '0123456789';
const ACCOUNT_DIGITS = 12;
const TWO_PATTERNS = 'aws:SourceAccount and aws:SourceArn both have patterns for accounts';

/**
 * Checks a trust policy (JSON text) with flows of other accounts: those that it names, examples for each of its patterns, and
 * some that it doesn't name. A policy that can't be parsed allows nothing. Pure. Source: IAM User Guide, "The confused deputy
 * problem".
 */
export function checkGuard(text: string, identity: Identity): GuardResult {
  const trust = tryParsePolicy(text);
  if (!trust) return { verdict: 'kept-out' };
  const namedAccounts = otherAccountsIn(trust, identity);
  const examples = namedAccounts.flatMap((each) => each.examples);
  const unnamedAccounts = accountsOutside(new Set([...examples, identity.account]));
  const evaluationsFor = (account: string) =>
    flowsOf(account, trust, identity).map((flow) => evaluateForFlow(trust, flow, { account }));
  const isLetIn = (account: string) => evaluationsFor(account).some(({ verdict }) => verdict === 'allowed');
  if (unnamedAccounts.some(isLetIn)) return { verdict: 'let-in', accounts: [] };
  const accounts = namedAccounts.filter((each) => each.examples.some(isLetIn)).map(({ pattern }) => pattern);
  if (accounts.length > 0) return { verdict: 'let-in', accounts };
  const evaluations = [...examples, ...unnamedAccounts].flatMap(evaluationsFor);
  const undecided = evaluations.find(({ verdict }) => verdict === 'cannot-tell');
  if (undecided) return { verdict: 'cannot-tell', because: undecided.because };
  return hasTwoPatterns(trust) ? { verdict: 'cannot-tell', because: TWO_PATTERNS } : { verdict: 'kept-out' };
}

/** Returns at least `MIN_UNNAMED_ACCOUNTS` accounts that are not in the set. */
function accountsOutside(excluded: ReadonlySet<string>): string[] {
  const accounts = UNNAMED_ACCOUNTS.filter((account) => !excluded.has(account));
  for (let number = Number(UNNAMED_ACCOUNTS[0]) - 1; accounts.length < MIN_UNNAMED_ACCOUNTS; number -= 1)
    if (!excluded.has(`${number}`)) accounts.push(`${number}`);
  return accounts;
}

/** Returns true if an account must match two patterns, so that examples for each pattern are inconclusive. */
function hasTwoPatterns({ statements }: PolicyDocument): boolean {
  const isPattern = (account: string) => /[*?]/.test(account) && /\d/.test(account);
  return (
    valuesOf(statements, 'aws:SourceAccount').some(isPattern) &&
    valuesOf(statements, 'aws:SourceArn').map(accountIn).some(isPattern)
  );
}

/** Returns the other accounts that the conditions name: each account, or pattern for accounts, with examples that match it. */
function otherAccountsIn({ statements }: PolicyDocument, { account }: Identity) {
  const named = [
    ...valuesOf(statements, 'aws:SourceAccount'),
    ...valuesOf(statements, 'aws:SourceArn').map(accountIn),
  ];
  // `UNNAMED_ACCOUNTS` already covers a pattern that matches all accounts.
  return [...new Set(named.filter((each) => !/^[*?]*$/.test(each)))].map((pattern) => {
    const examples = [...new Set(exampleAccounts(pattern))].filter((example) => example !== account);
    const [onlyExample] = examples;
    const isOneAccount = onlyExample !== undefined && examples.length === 1;
    return { pattern: isOneAccount ? onlyExample : pattern, examples };
  });
}

/** Returns accounts that match a pattern, or the account itself if there are no wildcards. */
function exampleAccounts(pattern: string): string[] {
  const missing = Math.max(ACCOUNT_DIGITS - pattern.replaceAll('*', '').length, 0);
  return [...DIGITS]
    .map((digit) => pattern.replaceAll('?', digit).replace('*', digit.repeat(missing)).replaceAll('*', ''))
    .filter((account) => /^\d{12}$/.test(account));
}

/** Returns ARNs of flows in an account, including examples for the patterns of the trust policy. */
function flowsOf(account: string, { statements }: PolicyDocument, { partition }: Identity): string[] {
  const patterns = valuesOf(statements, 'aws:SourceArn');
  const matchingPatterns = patterns.filter((pattern) => matches(parsePattern(accountIn(pattern)), account));
  return [
    ...exampleFlows(['us-east-1'], { partition, account }),
    ...matchingPatterns.map((pattern) => exampleOf(partsOfPattern(pattern).with(4, account).join(':'))),
  ];
}

/** Returns the account, or the pattern for accounts, in an ARN pattern. */
function accountIn(arnPattern: string): string {
  return partsOfPattern(arnPattern)[4] ?? '';
}

/** Splits an ARN pattern into its parts. A trailing `*` of a shorter pattern stands for the missing parts. */
function partsOfPattern(pattern: string): string[] {
  const parts = pattern.split(':');
  const missingCount = pattern.endsWith('*') ? Math.max(6 - parts.length, 0) : 0;
  return [...parts, ...Array.from({ length: missingCount }, () => '*')];
}
