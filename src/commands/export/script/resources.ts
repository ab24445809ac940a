import { DEFAULTS } from '../../../defaults.ts';
import { KEY_LENGTH } from '../../../key/index.ts';
import { escapeJson } from '../../../text.ts';
import { ACCOUNT_PLACEHOLDER, type SecretWithIds } from '../ids.ts';
import type { AwsTag, PlannedPlace, PlannedPolicy, PlannedRole, PlannedSecret } from '../types.ts';
import { checkLine, comment, hereDocument, isGenerated, shellQuoted, valueVariable } from './keys.ts';
import { scriptMessages as messages } from './messages.ts';

/** Returns the shell variable with a secret's ARN in one Region. */
export function arnVariable(id: string, { region }: PlannedPlace): string {
  return `${id}_${region.replaceAll('-', '_')}`;
}

/** Returns the code that checks a key's secrets in all its Regions. If one already holds a key, the script generates none. */
export function secretCheckSection({ id, keyId, secret }: SecretWithIds): string {
  const { isNew, name, keyType, places } = secret;
  const variable = valueVariable(keyId);
  const lines = places.flatMap((place) => [
    isNew
      ? `check_secret ${keyType} ${place.region} ${shellQuoted(name)} ${shellQuoted(place.kmsKeyId ?? '')}`
      : useSecretCall(secret, place),
    `${arnVariable(id, place)}=$arn`,
  ]);
  if (!isNew) return [comment(messages.existingTitle(name)), ...lines].join('\n');
  const title = comment(messages.secretTitle(name));
  if (!isGenerated(secret)) return [title, `key=$${variable}`, ...lines].join('\n');
  const check = `if [ -n "$key" ]; then ${checkLine(secret)}; fi`;
  return [title, comment(messages.adoptTitle), `key=''`, ...lines, check, `${variable}=$key`].join('\n');
}

/** Returns the code that creates a key's missing secrets. */
export function secretSection({ id, keyId, secret }: SecretWithIds): string {
  const { keySource, name, places } = secret;
  const generateLines =
    keySource?.kind === 'generate'
      ? [`if [ -z "$key" ]; then generate_key ${KEY_LENGTH[keySource.algorithm]}; fi`, checkLine(secret)]
      : [];
  const lines = places.flatMap((place) => {
    const variable = arnVariable(id, place);
    return [createSecretCall(secret, place, variable), `${variable}=$arn`];
  });
  const title = comment(messages.createSecretTitle(name));
  return [title, `key=$${valueVariable(keyId)}`, ...generateLines, ...lines].join('\n');
}

function createSecretCall(
  { name, tags }: PlannedSecret,
  { region, kmsKeyId }: PlannedPlace,
  variable: string,
): string {
  return [
    `create_secret ${region} ${shellQuoted(name)} "$${variable}"`,
    `--description ${shellQuoted(DEFAULTS.secretDescription)}`,
    ...(kmsKeyId === undefined ? [] : [`--kms-key-id ${shellQuoted(kmsKeyId)}`]),
    tagsOption(tags),
  ].join(LINE_CONTINUATION);
}

function useSecretCall({ name }: PlannedSecret, place: PlannedPlace): string {
  const id = place.arn.includes(ACCOUNT_PLACEHOLDER) ? name : place.arn;
  return `use_secret ${place.region} ${shellQuoted(id)} ${shellQuoted(place.kmsKeyId ?? '')}`;
}

/** A planned policy or role, with the name of the shell function that prints its document. */
export interface WithFunctionName<T> {
  planned: T;
  functionName: string;
}

/** Names the shell functions that print the documents of these policies or roles. */
export function withFunctionNames<T>(kind: 'policy' | 'role', planned: T[]): WithFunctionName<T>[] {
  return planned.map((each, index) => ({ planned: each, functionName: `${kind}_document_${index + 1}` }));
}

/** Returns the shell function that prints a policy's document. The script calls it when the ARNs of the secrets are known. */
export function policyDocumentFunction(
  { planned: { name, document }, functionName }: WithFunctionName<PlannedPolicy>,
  arnVariables: Map<string, string>,
): string {
  return documentFunction(messages.policyTitle(name), functionName, hereDocument(document, arnVariables));
}

/** Returns the shell function that prints a role's trust policy. */
export function roleDocumentFunction({
  planned: { name, trust },
  functionName,
}: WithFunctionName<PlannedRole>): string {
  return documentFunction(messages.roleTitle(name), functionName, hereDocument(trust));
}

function documentFunction(title: string, functionName: string, document: string): string {
  return `${comment(title)}\n${functionName}() {\n  cat ${document}\n}`;
}

/** Returns the code that checks the policies and roles. */
export function policyAndRoleCheckSection(
  policies: WithFunctionName<PlannedPolicy>[],
  roles: WithFunctionName<PlannedRole>[],
): string {
  return [
    comment(messages.checkTitle),
    ...policies.map(
      ({ planned: { name }, functionName }) => `check_policy ${shellQuoted(name)} ${functionName}`,
    ),
    ...roles.map(
      ({ planned: { name, permissionsBoundary = '' }, functionName }) =>
        `check_role ${shellQuoted(name)} ${functionName} ${shellQuoted(permissionsBoundary)}`,
    ),
  ].join('\n');
}

/** Returns the code that creates a policy if it is missing. */
export function policySection({
  planned: { name, tags },
  functionName,
}: WithFunctionName<PlannedPolicy>): string {
  const call = [
    `create_policy ${shellQuoted(name)} ${functionName}`,
    `--description ${shellQuoted(DEFAULTS.policyDescription)}`,
    tagsOption(tags),
  ].join(LINE_CONTINUATION);
  return `${comment(messages.createPolicyTitle(name))}\n${call}`;
}

/** Returns the code that creates a role if it is missing, and attaches missing policies. */
export function roleSection({ planned, functionName }: WithFunctionName<PlannedRole>): string {
  const { name, description, permissionsBoundary, policies, tags } = planned;
  const call = [
    `create_role ${shellQuoted(name)} ${functionName}`,
    `--description=${shellQuoted(description)}`,
    ...(permissionsBoundary ? [`--permissions-boundary ${shellQuoted(permissionsBoundary)}`] : []),
    tagsOption(tags),
  ].join(LINE_CONTINUATION);
  const attachLines = policies.map((policy) => `attach ${shellQuoted(name)} ${shellQuoted(policy)}`);
  return [comment(messages.createRoleTitle(name)), call, ...attachLines].join('\n');
}

const LINE_CONTINUATION = ' \\\n  ';

function tagsOption(tags: AwsTag[]): string {
  return `--tags ${shellQuoted(escapeJson(JSON.stringify(tags)))}`;
}
