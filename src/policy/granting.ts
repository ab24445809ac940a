import { requestContext } from './context.ts';
import type { PolicyDocument } from './document.ts';
import type { AccessRequest } from './evaluate.ts';
import { allows, denies } from './finding.ts';

/**
 * Returns whether an identity policy by itself grants the request. That is a question about the document only: for a resource of
 * another account the policy over there must allow it too, which is left to `evaluateAccess`.
 */
export function grantsAccess(
  document: PolicyDocument,
  { principal, action, resource, context }: AccessRequest,
): boolean {
  const sources = [{ name: 'the policy', document, attachment: { to: 'identity' } as const }];
  const request = { caller: { role: principal }, action, resource, context: requestContext(context, []) };
  return denies(sources, request).truth === 'no' && allows(sources, request).truth === 'yes';
}
