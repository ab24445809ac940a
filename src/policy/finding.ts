import type { PolicyDocument } from './document.ts';
import { type Attachment, type StatementRequest, statementApplies } from './statement.ts';
import { all, any, isUnknown, type Truth } from './variables.ts';

/** What denies a request: a `Deny` statement, or the lack of an `Allow` in a document that must have one. */
export type DeniedBy = 'statement' | 'boundary' | 'key-policy';

/** An answer with the short clause that explains it. */
export interface Finding {
  truth: Truth;
  because: string;
  deniedBy?: DeniedBy;
}

/** A policy with the name it has in explanations. */
export interface Source {
  name: string;
  document: PolicyDocument;
  attachment: Attachment;
}

export const NOTHING_ALLOWS = 'no statement allows it';

/** Whether an `Allow` statement of these policies applies. */
export function allows(sources: Source[], request: StatementRequest): Finding {
  return find(sources, 'Allow', request) ?? { truth: 'no', because: NOTHING_ALLOWS };
}

/** Whether a `Deny` statement of these policies applies. */
export function denies(sources: Source[], request: StatementRequest): Finding {
  return find(sources, 'Deny', request) ?? { truth: 'no', because: 'no statement denies it' };
}

/** All of them must be so; explained by the one that decides. */
export function both(findings: Finding[]): Finding {
  return decisive(findings, all(findings.map((finding) => finding.truth)));
}

/** One of them must be so; explained by the one that decides. */
export function either(findings: Finding[]): Finding {
  return decisive(findings, any(findings.map((finding) => finding.truth)));
}

/** The first statement that surely applies; else the first of which it is not known. */
function find(sources: Source[], effect: string, request: StatementRequest): Finding | undefined {
  let open: Finding | undefined;
  for (const { name, document, attachment } of sources) {
    for (const [at, statement] of document.statements.entries()) {
      if (statement.effect !== effect) continue;
      const applies = statementApplies(statement, document, request, attachment);
      const does = effect === 'Allow' ? 'allows' : 'denies';
      if (applies === 'yes') return { truth: 'yes', because: `statement ${at + 1} of ${name} ${does} it` };
      if (isUnknown(applies)) {
        open ??= { truth: applies, because: `${applies.unknown} (statement ${at + 1} of ${name})` };
      }
    }
  }
  return open;
}

function decisive(findings: Finding[], truth: Truth): Finding {
  return findings.find((finding) => finding.truth === truth) ?? { truth, because: '' };
}
