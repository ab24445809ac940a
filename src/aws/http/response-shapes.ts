/**
 * What AWS's answers must look like where the program reads them. The SDK passes on a text that is a number, or a list that
 * is a text, as it is; AWS sends none, but what imitates AWS, or stands between, may.
 */

/** The members of AWS's answers that the program reads: lists, members that hold others, and texts. Dates end in `Date`. */
const LISTS =
  /^(PolicyRoles|PolicyUsers|PolicyGroups|SecretList|AttachedPolicies|Policies|Roles|Versions|Tags|ReplicationStatus|EvaluationResults|Flows|Sources|Outputs|Entitlements|SecretValues|Errors|RouterInputs|RouterOutputs|ProtocolConfigurations)$/;
const LISTS_OF_TEXTS = /^(PolicyNames|VersionStages|KmsKeyIds)$/;
const RECORDS =
  /^(Role|Policy|PolicyVersion|PermissionsBoundary|KeyMetadata|Flow|Source|Transport|Decryption|Encryption|RouterInput|RouterOutput|Configuration|MediaConnectFlow|EncryptionKeyConfiguration|SecretsManager|EncryptionKey|\w*Transit(Encryption|Decryption)|(Encryption|Decryption)Configuration)$/;
const TEXTS =
  /^(ARN|Arn|Name|Description|VersionId|OwningService|PrimaryRegion|KmsKeyId|ResourcePolicy|SecretString|NextToken|Marker|Account|UserId|PolicyName|PolicyArn|PolicyDocument|DefaultVersionId|Document|RoleName|Path|AssumeRolePolicyDocument|PermissionsBoundaryArn|Key|Value|Region|Status|EvalDecision|KeyState|KeyUsage|KeyManager|FlowArn|SourceArn|OutputArn|EntitlementArn|Protocol|KeyType|Algorithm|RoleArn|SecretArn|SecretId|ErrorCode|Message|EncryptionKeyType|RouterIntegrationState|ConnectedRouter(Input|Output)Arn|FlowOutputArn|FlowSourceArn)$/;

/** Whether an error's name and sentence are texts, as its type promises. */
export function isTold(error: unknown): boolean {
  return error instanceof Error && typeof error.name === 'string' && typeof error.message === 'string';
}

/** Whether all members of an answer that the program knows are of their kind. */
export function isSound(answer: object): boolean {
  return Object.entries(answer).every(
    ([name, value]) => value === undefined || value === null || fits(name, value),
  );
}

function fits(name: string, value: unknown): boolean {
  if (value instanceof Date) return !Number.isNaN(value.getTime());
  // What KMS calls so is a text.
  if (name === 'Policy' && typeof value === 'string') return true;
  if (TEXTS.test(name)) return typeof value === 'string' && (!/Document$/.test(name) || isEncoded(value));
  if (LISTS_OF_TEXTS.test(name)) return isListOfTexts(value);
  if (LISTS.test(name)) return Array.isArray(value) && value.every((item) => isRecord(item) && isSound(item));
  if (/^(SecretVersions|VersionIds)ToStages$/.test(name))
    return isRecord(value) && Object.values(value).every(isListOfTexts);
  if (name === 'SummaryMap') return isRecord(value);
  return RECORDS.test(name) ? isRecord(value) && isSound(value) : !/Date$/.test(name);
}

/** IAM answers documents percent-encoded (IAM API reference, `PolicyVersion`, `Document`). */
function isEncoded(document: string): boolean {
  try {
    decodeURIComponent(document);
    return true;
  } catch {
    return false;
  }
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
