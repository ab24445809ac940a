import type { Identity } from '../../aws/session.ts';
import { type Evaluation, type PolicyDocument, tryParsePolicy } from '../../policy/index.ts';
import { matches, pattern as wildcards } from '../../policy/match.ts';
import { evaluateForFlow, exampleFlows, exampleOf, valuesOf } from './trust.ts';

/** Whether a trust policy keeps MediaConnect out when it acts for a flow in another account. */
export type GuardCheck =
  | { verdict: 'kept-out' }
  /** `accounts`: accounts or account patterns in the policy; empty if it lets in any account. */
  | { verdict: 'let-in'; accounts: string[] }
  | { verdict: 'cannot-tell'; because: string };

/** Examples of accounts that no policy names. */
const UNNAMED_ACCOUNTS = ['999999999999', '000000000000', '888888888888', '777777777777'];
/** The minimum number of examples. A single one could be an account that a pattern matches. */
const MIN_UNNAMED_ACCOUNTS = 2;
const DIGITS = '0123456789';
const ACCOUNT_DIGITS = 12;
const TWO_PATTERNS = 'aws:SourceAccount and aws:SourceArn both have patterns for accounts';

/**
 * Checks a trust policy (JSON text) with flows of other accounts: those that it names, examples for each of its patterns, and
 * some that it doesn't name. A policy that can't be parsed allows nothing. Pure. Source: IAM User Guide, "The confused deputy
 * problem".
 */
export function checkGuard(text: string, identity: Identity): GuardCheck {
  const trust = tryParsePolicy(text);
  if (!trust) return { verdict: 'kept-out' };
  const namedAccounts = accountsIn(trust, identity);
  const examples = namedAccounts.flatMap((each) => each.examples);
  const unnamedAccounts = accountsOutside(new Set([...examples, identity.account]));
  const evaluations = (account: string) =>
    flowsOf(account, trust, identity).map((flow) => evaluateForFlow(trust, flow, { account }));
  const isLetIn = (account: string) => evaluations(account).some(({ verdict }) => verdict === 'allowed');
  if (unnamedAccounts.some(isLetIn)) return { verdict: 'let-in', accounts: [] };
  const accounts = namedAccounts.filter((each) => each.examples.some(isLetIn)).map(({ pattern }) => pattern);
  if (accounts.length > 0) return { verdict: 'let-in', accounts };
  const undecided = [...examples, ...unnamedAccounts].flatMap(evaluations).find(isUndecided);
  if (undecided) return { verdict: 'cannot-tell', because: undecided.because };
  return hasTwoPatterns(trust) ? { verdict: 'cannot-tell', because: TWO_PATTERNS } : { verdict: 'kept-out' };
}

/** Returns examples of accounts that are not known. */
function accountsOutside(known: ReadonlySet<string>): string[] {
  const accounts = UNNAMED_ACCOUNTS.filter((account) => !known.has(account));
  for (let number = Number(UNNAMED_ACCOUNTS[0]) - 1; accounts.length < MIN_UNNAMED_ACCOUNTS; number -= 1)
    if (!known.has(`${number}`)) accounts.push(`${number}`);
  return accounts;
}

/** Returns true if an account must match two patterns, so that examples for each pattern are inconclusive. */
function hasTwoPatterns({ statements }: PolicyDocument): boolean {
  const isPattern = (account: string) => /[*?]/.test(account) && /\d/.test(account);
  return (
    valuesOf(statements, 'aws:SourceAccount').some(isPattern) &&
    valuesOf(statements, 'aws:SourceArn').some((pattern) => isPattern(partsOfPattern(pattern)[4] ?? ''))
  );
}

function isUndecided({ verdict }: Evaluation): boolean {
  return verdict === 'cannot-tell';
}

/** Accounts in a condition: one account, or a pattern with examples of other accounts that match it. */
interface NamedAccounts {
  pattern: string;
  examples: string[];
}

/** Returns the other accounts that the conditions name. */
function accountsIn({ statements }: PolicyDocument, { account }: Identity): NamedAccounts[] {
  const named = [
    ...valuesOf(statements, 'aws:SourceAccount'),
    ...valuesOf(statements, 'aws:SourceArn').map((pattern) => partsOfPattern(pattern)[4] ?? ''),
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
  const patterns = valuesOf(statements, 'aws:SourceArn').map(partsOfPattern);
  const matchingPatterns = patterns.filter((parts) => matches(wildcards(parts[4] ?? ''), account));
  return [
    ...exampleFlows(['us-east-1'], { partition, account }),
    ...matchingPatterns.map((parts) => exampleOf(parts.with(4, account).join(':'))),
  ];
}

/** Splits an ARN pattern into its parts. A trailing `*` of a shorter pattern stands for the missing parts. */
function partsOfPattern(pattern: string): string[] {
  const parts = pattern.split(':');
  const missingCount = pattern.endsWith('*') ? Math.max(6 - parts.length, 0) : 0;
  return [...parts, ...Array.from({ length: missingCount }, () => '*')];
}
