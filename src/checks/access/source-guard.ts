import type { Identity } from '../../aws/session.ts';
import { type Evaluation, type PolicyDocument, tryParsePolicy } from '../../policy/index.ts';
import { matches, pattern as wildcards } from '../../policy/match.ts';
import { anyFlow, evaluateForFlow, exampleOf, valuesOf } from './trust.ts';

/** Whether a trust policy keeps out MediaConnect when it acts for a flow of another account. */
export type GuardCheck =
  | { verdict: 'kept-out' }
  /** `accounts`: those that the policy names, or its patterns for some; none when it lets in any account. */
  | { verdict: 'let-in'; accounts: string[] }
  | { verdict: 'cannot-tell'; because: string };

/** Accounts that stand for all those of which no policy speaks. */
const STRANGERS = ['999999999999', '000000000000', '888888888888', '777777777777'];
/** One alone could be an account of which a pattern speaks. */
const LEAST_STRANGERS = 2;
const DIGITS = '0123456789';
const ACCOUNT_DIGITS = 12;
const TWO_PATTERNS = 'aws:SourceAccount and aws:SourceArn both have patterns for accounts';

/**
 * Checks a trust policy (JSON text) with flows of other accounts: those that it names, some for each of its patterns, and
 * some that it does not name. One that cannot be read grants nothing. Pure.
 * Source: IAM User Guide, "The confused deputy problem".
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

/** Whether an account would have to match two patterns, so that the examples of each do not tell. */
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

/** Accounts that a condition names, as it writes them: an account, or a pattern with other accounts that match it. */
interface NamedAccounts {
  written: string;
  examples: string[];
}

/** The other accounts that the conditions name. */
function accountsIn({ statements }: PolicyDocument, { account }: Identity): NamedAccounts[] {
  const named = [
    ...valuesOf(statements, 'aws:SourceAccount'),
    ...valuesOf(statements, 'aws:SourceArn').map((pattern) => partsOfPattern(pattern)[4] ?? ''),
  ];
  // A pattern for every account is what the strangers are for.
  return [...new Set(named.filter((each) => !/^[*?]*$/.test(each)))].map((written) => {
    const examples = [...new Set(exampleAccounts(written))].filter((example) => example !== account);
    const [only] = examples;
    return { written: only !== undefined && examples.length === 1 ? only : written, examples };
  });
}

/** Accounts that match a pattern; the pattern itself where it is an account. */
function exampleAccounts(pattern: string): string[] {
  const missing = Math.max(ACCOUNT_DIGITS - pattern.replaceAll('*', '').length, 0);
  return [...DIGITS]
    .map((digit) => pattern.replaceAll('?', digit).replace('*', digit.repeat(missing)).replaceAll('*', ''))
    .filter((account) => /^\d{12}$/.test(account));
}

/** ARNs of an account's flows, among them some that match the patterns of the trust policy. */
function flowsOf(account: string, { statements }: PolicyDocument, { partition }: Identity): string[] {
  const patterns = valuesOf(statements, 'aws:SourceArn').map(partsOfPattern);
  const ofAccount = patterns.filter((parts) => matches(wildcards(parts[4] ?? ''), account));
  return [
    ...anyFlow(['us-east-1'], { partition, account }),
    ...ofAccount.map((parts) => exampleOf(parts.with(4, account).join(':'))),
  ];
}

/** The parts of an ARN pattern; a `*` at the end of a short one stands for the parts that it lacks. */
function partsOfPattern(pattern: string): string[] {
  const parts = pattern.split(':');
  const lacking = pattern.endsWith('*') ? Math.max(6 - parts.length, 0) : 0;
  return [...parts, ...Array.from({ length: lacking }, () => '*')];
}
