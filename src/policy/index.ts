export {
  type AccountRef,
  accountOfKey,
  buildReadPolicy,
  buildTrustPolicy,
  DECRYPT_ACTION,
  type KmsKeyRef,
  kmsCondition,
  kmsPermissions,
  MEDIACONNECT_SERVICE,
  type PolicyScope,
  type PolicyScopeName,
  prefixOfEntry,
  READ_ACTIONS,
  type ReadableSecret,
  resourceFor,
  secretResources,
  secretsManagerEndpoint,
  type TrustOptions,
} from './build.ts';
export { describeDifference, isEquivalent, samePolicy, statementKey } from './compare.ts';
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
  allowsAccess,
  type Evaluation,
  type EvaluationInput,
  evaluateAccess,
  evaluateTrust,
  type TrustRequest,
  type Verdict,
} from './evaluate.ts';
export {
  addToReadPolicy,
  addTrust,
  type ExistingPolicy,
  existingPolicy,
  removeSecrets,
} from './merge.ts';
export {
  deletedPrincipals,
  isReadPolicyShape,
  isWiderThan,
  MANAGED_POLICY_LIMIT,
  measure,
  TRUST_POLICY_LIMIT,
} from './shape.ts';
export type { RequestPrincipal } from './statement.ts';
