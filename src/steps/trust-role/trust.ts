import type { FoundRole } from '../../aws/iam/roles.ts';
import { checkGuard } from '../../checks/access/source-guard.ts';
import { judgeTrust } from '../../checks/access/trust.ts';
import type { Choice, Conflict, Quota } from '../../plan-types.ts';
import { deletedPrincipals, type JsonPolicy, measure, parsePolicy } from '../../policy/index.ts';
import { roleWords as words } from '../messages.ts';
import type { RoleRequest, StepInput } from '../types.ts';
import { conflict, OTHER_NAME } from './conflicts.ts';
import { flowScope, trustDocument } from './write.ts';

const UPDATE_TRUST: Choice = { id: 'update-trust', flag: '--update-trust', text: words.choiceTrust };

/** What is done about the trust policy of the role. */
export type TrustDecision =
  | { kind: 'create'; document: JsonPolicy }
  | { kind: 'keep'; warnings: string[] }
  | { kind: 'update-trust'; document: JsonPolicy; warnings: string[] }
  | { conflict: Conflict };

/** Decides what is done about the trust policy of a role, or of one that is to be created. Pure. */
export function planTrust(
  input: StepInput<RoleRequest>,
  role: FoundRole | undefined,
  quota: Quota,
): TrustDecision {
  const { request, identity } = input;
  if (!role) {
    const document = trustDocument(request, identity);
    const name = request.role.name;
    return (
      tooLong(document, quota, (size) => conflict(words.newTrustTooLong(name, size, quota), [])) ?? {
        kind: 'create',
        document,
      }
    );
  }
  const judged = judgeTrust(role.trust, flowScope(request), identity);
  if (judged.verdict === 'unreadable') return conflict(words.unreadable(role.name), [OTHER_NAME]);
  if (judged.verdict === 'allowed') {
    const scopeWarning = {
      'as-asked': [],
      wider: [words.notNarrowed(role.name)],
      narrower: [words.narrowed(role.name)],
    };
    const warnings = [...scopeWarning[judged.scope], ...guardWarnings(input, role, role.trust)];
    return { kind: 'keep', warnings };
  }
  const document = trustDocument(request, identity, role);
  const would = judgeTrust(JSON.stringify(document), flowScope(request), identity);
  if (would.verdict === 'not-allowed' && !would.uncertain)
    return conflict(words.trustDenied(role.name, would.because), [OTHER_NAME]);
  const doubts = would.verdict === 'not-allowed' ? [words.maybeTrustDenied(role.name, would.because)] : [];
  if (judged.uncertain && (doubts.length > 0 || !request.updateTrust)) {
    return {
      kind: 'keep',
      warnings: doubts.length > 0 ? doubts : [words.maybeTrusted(role.name, judged.because)],
    };
  }
  if (!request.updateTrust) {
    return conflict(words.notTrusted(role.name, judged.because), [UPDATE_TRUST, OTHER_NAME]);
  }
  const gone = deletedPrincipals(parsePolicy(role.trust));
  if (gone.length > 0) return conflict(words.deletedPrincipals(role.name, gone), [OTHER_NAME]);
  const warnings = [...doubts, ...guardWarnings(input, role, JSON.stringify(document))];
  return (
    tooLong(document, quota, (size) =>
      conflict(words.trustTooLong(role.name, size, quota), [OTHER_NAME]),
    ) ?? {
      kind: 'update-trust',
      document,
      warnings,
    }
  );
}

/** Returns the conflict of a trust policy that is over the quota. */
function tooLong(
  document: JsonPolicy,
  { limit }: Quota,
  conflictOf: (size: number) => { conflict: Conflict },
): { conflict: Conflict } | undefined {
  const size = measure(document);
  return size > limit ? conflictOf(size) : undefined;
}

/** Warns of a trust policy that lets in other accounts, unless the request was made without the guard against them. */
function guardWarnings(
  { request, identity }: StepInput<RoleRequest>,
  { name }: FoundRole,
  trust: string,
): string[] {
  if (!request.role.sourceAccount) return [];
  const guard = checkGuard(trust, identity);
  if (guard.verdict === 'kept-out') return [];
  if (guard.verdict === 'cannot-tell') return [words.maybeLetsIn(name, guard.because)];
  return [guard.accounts.length > 0 ? words.letsIn(name, guard.accounts) : words.noGuard(name)];
}
