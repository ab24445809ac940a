export {
  type AccountRef,
  accountOfKey,
  buildReadPolicy,
  buildTrustPolicy,
  DECRYPT_ACTION,
  type KmsKeyRef,
  kmsCondition,
  kmsGrants,
  MEDIACONNECT_SERVICE,
  type PolicyScope,
  type PolicyScopeName,
  READ_ACTIONS,
  type ReadableSecret,
  resourceFor,
  secretResources,
  secretsManagerEndpoint,
  type TrustOptions,
} from './build.ts';
export { describeDifference, meansTheSame, samePolicy, statementKey } from './compare.ts';
export {
  type ConditionClause,
  CURRENT_VERSION,
  decodePolicy,
  type ElementClause,
  type JsonObject,
  type JsonPolicy,
  type JsonStatement,
  type JsonValue,
  type PolicyDocument,
  PolicyParseError,
  type PrincipalClause,
  parsePolicy,
  readJsonPolicy,
  type Statement,
  tryParsePolicy,
} from './document.ts';
export {
  type AccessRequest,
  type Evaluation,
  type EvaluationInput,
  evaluateAccess,
  evaluateTrust,
  type TrustRequest,
  type Verdict,
} from './evaluate.ts';
export { grantsAccess } from './granting.ts';
export { MANAGED_POLICY_LIMIT, measure, TRUST_POLICY_LIMIT } from './measure.ts';
export {
  addToReadPolicy,
  addTrust,
  type ExistingPolicy,
  existingPolicy,
} from './merge.ts';
export { prefixOfEntry } from './prefix.ts';
export type { RequestPrincipal } from './principals.ts';
export { removeSecrets } from './remove.ts';
export { deletedPrincipals, isReadPolicyShape } from './shape.ts';
export { isWiderThan } from './width.ts';
