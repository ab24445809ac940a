import type { Identity } from '../../aws/session.ts';
import { type Evaluation, type PolicyDocument, tryParsePolicy } from '../../policy/index.ts';
import { matches, pattern as wildcards } from '../../policy/match.ts';
import { anyFlow, evaluateForFlow, exampleOf, valuesOf } from './trust.ts';

/** Whether a trust policy keeps MediaConnect out when it acts for a flow in another account. */
export type GuardCheck =
  | { verdict: 'kept-out' }
  /** `accounts`: accounts or account patterns in the policy; empty if it lets in any account. */
  | { verdict: 'let-in'; accounts: string[] }
  | { verdict: 'cannot-tell'; because: string };

/** Stand for all accounts that no policy names. */
const STRANGERS = ['999999999999', '000000000000', '888888888888', '777777777777'];
/** A single one could be an account that a pattern matches. */
const LEAST_STRANGERS = 2;
const DIGITS = '0123456789';
const ACCOUNT_DIGITS = 12;
const TWO_PATTERNS = 'aws:SourceAccount and aws:SourceArn both have patterns for accounts';

/**
 * Checks a trust policy (JSON text) with flows of other accounts: those that it names, examples for each of its patterns, and
 * some that it doesn't name. A policy that can't be parsed grants nothing. Pure. Source: IAM User Guide, "The confused deputy
 * problem".
 */
export function checkGuard(text: string, identity: Identity): GuardCheck {
  const trust = tryParsePolicy(text);
  if (!trust) return { verdict: 'kept-out' };
  const named = accountsIn(trust, identity);
  const examples = named.flatMap((each) => each.examples);
  const strangers = strangersTo(new Set([...examples, identity.account]));
  const evaluations = (account: string) =>
    flowsOf(account, trust, identity).map((flow) => evaluateForFlow(trust, flow, { account }));
  const letIn = (account: string) => evaluations(account).some(({ verdict }) => verdict === 'allowed');
  if (strangers.some(letIn)) return { verdict: 'let-in', accounts: [] };
  const accounts = named.filter((each) => each.examples.some(letIn)).map(({ written }) => written);
  if (accounts.length > 0) return { verdict: 'let-in', accounts };
  const open = [...examples, ...strangers].flatMap(evaluations).find(isOpen);
  if (open) return { verdict: 'cannot-tell', because: open.because };
  return hasTwoPatterns(trust) ? { verdict: 'cannot-tell', because: TWO_PATTERNS } : { verdict: 'kept-out' };
}

function strangersTo(known: ReadonlySet<string>): string[] {
  const strangers = STRANGERS.filter((account) => !known.has(account));
  for (let number = Number(STRANGERS[0]) - 1; strangers.length < LEAST_STRANGERS; number -= 1)
    if (!known.has(`${number}`)) strangers.push(`${number}`);
  return strangers;
}

/** Returns true if an account must match two patterns, so that examples for each pattern are inconclusive. */
function hasTwoPatterns({ statements }: PolicyDocument): boolean {
  const isPattern = (account: string) => /[*?]/.test(account) && /\d/.test(account);
  return (
    valuesOf(statements, 'aws:SourceAccount').some(isPattern) &&
    valuesOf(statements, 'aws:SourceArn').some((pattern) => isPattern(partsOfPattern(pattern)[4] ?? ''))
  );
}

function isOpen({ verdict }: Evaluation): boolean {
  return verdict === 'cannot-tell';
}

/** Accounts in a condition: one account, or a pattern with examples of other accounts that match it. */
interface NamedAccounts {
  written: string;
  examples: string[];
}

/** Returns the other accounts that the conditions name. */
function accountsIn({ statements }: PolicyDocument, { account }: Identity): NamedAccounts[] {
  const named = [
    ...valuesOf(statements, 'aws:SourceAccount'),
    ...valuesOf(statements, 'aws:SourceArn').map((pattern) => partsOfPattern(pattern)[4] ?? ''),
  ];
  // `STRANGERS` already covers a pattern that matches all accounts.
  return [...new Set(named.filter((each) => !/^[*?]*$/.test(each)))].map((written) => {
    const examples = [...new Set(exampleAccounts(written))].filter((example) => example !== account);
    const [only] = examples;
    return { written: only !== undefined && examples.length === 1 ? only : written, examples };
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
  const ofAccount = patterns.filter((parts) => matches(wildcards(parts[4] ?? ''), account));
  return [
    ...anyFlow(['us-east-1'], { partition, account }),
    ...ofAccount.map((parts) => exampleOf(parts.with(4, account).join(':'))),
  ];
}

/** Splits an ARN pattern into its parts. A trailing `*` of a shorter pattern stands for the missing parts. */
function partsOfPattern(pattern: string): string[] {
  const parts = pattern.split(':');
  const lacking = pattern.endsWith('*') ? Math.max(6 - parts.length, 0) : 0;
  return [...parts, ...Array.from({ length: lacking }, () => '*')];
}
