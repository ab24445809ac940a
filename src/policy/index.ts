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
  prefixOfEntry,
  READ_ACTIONS,
  type ReadableSecret,
  resourceFor,
  secretResources,
  secretsManagerEndpoint,
} from './build.ts';
export { describeDifference, isEquivalent, samePolicy, statementKey } from './compare.ts';
export {
  CURRENT_VERSION,
  decodePolicy,
  type JsonObject,
  type JsonPolicy,
  type JsonStatement,
  type JsonValue,
  type PolicyDocument,
  PolicyParseError,
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
  type Verdict,
} from './evaluate.ts';
export { addToReadPolicy, addTrust, readExistingPolicy, removeSecrets } from './merge.ts';
export {
  deletedPrincipals,
  isReadPolicyShape,
  isWiderThan,
  MANAGED_POLICY_LIMIT,
  policySize,
  TRUST_POLICY_LIMIT,
} from './shape.ts';
