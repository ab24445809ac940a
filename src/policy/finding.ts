import type { PolicyDocument } from './document.ts';
import { type Attachment, type StatementRequest, statementApplies } from './statement.ts';
import { all, any, isUnknown, type Truth } from './variables.ts';

/** What denies a request: a `Deny` statement, or a missing `Allow` in a document that must have one. */
export type DeniedBy = 'statement' | 'boundary' | 'key-policy';

/** A result with a short clause that explains it. */
export interface Finding {
  truth: Truth;
  because: string;
  deniedBy?: DeniedBy;
}

/** A policy with its name for explanations. */
export interface Source {
  name: string;
  document: PolicyDocument;
  attachment: Attachment;
}

export const NOTHING_ALLOWS = 'no statement allows it';

/** Returns whether an `Allow` statement in these policies applies. */
export function allows(sources: Source[], request: StatementRequest): Finding {
  return findApplying(sources, 'Allow', request) ?? { truth: 'no', because: NOTHING_ALLOWS };
}

/** Returns whether a `Deny` statement in these policies applies. */
export function denies(sources: Source[], request: StatementRequest): Finding {
  return findApplying(sources, 'Deny', request) ?? { truth: 'no', because: 'no statement denies it' };
}

/** Returns the conjunction of the findings, with the explanation of the decisive one. */
export function allOf(findings: Finding[]): Finding {
  return decisive(findings, all(findings.map((finding) => finding.truth)));
}

/** Returns the disjunction of the findings, with the explanation of the decisive one. */
export function anyOf(findings: Finding[]): Finding {
  return decisive(findings, any(findings.map((finding) => finding.truth)));
}

/** Returns the first statement that applies; otherwise the first for which it is unknown. */
function findApplying(sources: Source[], effect: string, request: StatementRequest): Finding | undefined {
  let undecided: Finding | undefined;
  for (const { name, document, attachment } of sources) {
    for (const [index, statement] of document.statements.entries()) {
      if (statement.effect !== effect) continue;
      const applies = statementApplies(statement, document, request, attachment);
      const verb = effect === 'Allow' ? 'allows' : 'denies';
      if (applies === 'yes') return { truth: 'yes', because: `statement ${index + 1} of ${name} ${verb} it` };
      if (isUnknown(applies)) {
        undecided ??= { truth: applies, because: `${applies.unknown} (statement ${index + 1} of ${name})` };
      }
    }
  }
  return undecided;
}

function decisive(findings: Finding[], truth: Truth): Finding {
  return findings.find((finding) => finding.truth === truth) ?? { truth, because: '' };
}
