import { EXIT, Failure } from '../../../failure.ts';
import type { JsonObject, JsonValue } from '../../../policy/index.ts';
import { groupedBy } from '../../../text.ts';
import { idOf, regionsId, type SecretWithIds, withIds } from '../ids.ts';
import { exportMessages, templateMessages as messages } from '../messages.ts';
import { exportFailure } from '../plan.ts';
import type { ExportPlan, PlannedRole, PlannedSecret } from '../types.ts';
import {
  generatedDigits,
  IS_HOME_REGION,
  keyParameter,
  policyResource,
  regionConditions,
  regionsOf,
  roleResource,
  secretResource,
} from './resources.ts';

/** The sections of a template. */
export type Template = JsonObject & {
  AWSTemplateFormatVersion: string;
  Description: string;
  Parameters: JsonObject;
  /** Absent in a template for any account. */
  Rules?: JsonObject;
  Conditions: JsonObject;
  Resources: JsonObject;
  Outputs: JsonObject;
};

/** A key in the template. */
export interface TemplateKey {
  secret: PlannedSecret;
  /** The name of the parameter with the key. Absent if Secrets Manager generates the key. */
  parameter?: string;
}

/**
 * Builds one template for all Regions. Each secret is created where its key is used, the policies and roles in the home Region.
 * @param account the only account in which CloudFormation creates a stack from the template; undefined for any account
 * @throws Failure if the template exceeds CloudFormation's quotas, or if CloudFormation would misinterpret a text
 */
export function buildTemplate(
  plan: ExportPlan,
  homeRegion: string,
  account?: string,
): { template: Template; keys: TemplateKey[] } {
  refuseDynamicReferences(plan.roles);
  const stored = withIds(plan.secrets.filter((secret) => secret.isNew));
  const secretsById = groupedBy(stored, ({ id }) => id);
  const keys = stored.map(({ keyId, secret }) => ({
    secret,
    parameter: generatedDigits(secret) === undefined ? keyId : undefined,
  }));
  const Resources = resourcesOf(plan, secretsById);
  const Outputs = outputsOf(plan, secretsById);
  const conditionsByName = regionConditions([
    ...stored.map(({ secret }) => regionsOf(secret)),
    ...[...secretsById.values()].map(regionsOfAll),
  ]);
  const template: Template = {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: messages.description(stored.length, homeRegion),
    Parameters: { HomeRegion: homeRegionParameter(homeRegion), ...parametersOf(keys) },
    ...(account === undefined ? {} : { Rules: { OnlyAccount: accountRule(account) } }),
    Conditions: {
      [IS_HOME_REGION]: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, { Ref: 'HomeRegion' }] },
      ...conditionsIn({ Resources, Outputs }, conditionsByName),
    },
    Resources,
    Outputs,
  };
  demandWithinLimits(template);
  return { template, keys };
}

/**
 * Prevents a stack in any other account before anything is created. Source: CloudFormation User Guide, "CloudFormation template
 * Rules syntax".
 */
function accountRule(account: string): JsonObject {
  const Assert = { 'Fn::Equals': [{ Ref: 'AWS::AccountId' }, account] };
  return { Assertions: [{ Assert, AssertDescription: messages.onlyAccount(account) }] };
}

/** Returns the conditions that these sections of the template refer to. */
function conditionsIn(sections: JsonObject, conditions: JsonObject): JsonObject {
  const text = JSON.stringify(sections);
  return Object.fromEntries(Object.entries(conditions).filter(([name]) => text.includes(`"${name}"`)));
}

type SecretsById = ReadonlyMap<string, SecretWithIds[]>;

function regionsOfAll(secrets: SecretWithIds[]): string[] {
  return secrets.flatMap(({ secret }) => regionsOf(secret));
}

function parametersOf(keys: TemplateKey[]): JsonObject {
  const parameters = keys.flatMap(({ secret, parameter }) =>
    parameter === undefined ? [] : [[parameter, keyParameter(secret)] as const],
  );
  return withUniqueIds(parameters);
}

function resourcesOf({ policies, roles }: ExportPlan, secrets: SecretsById): JsonObject {
  return withUniqueIds([
    ...[...secrets].map(([id, sameNamed]) => [`${id}Secret`, secretResource(sameNamed)] as const),
    ...policies.map((policy) => [`${idOf(policy.name)}Policy`, policyResource(policy)] as const),
    ...roles.map((role) => [`${idOf(role.name)}Role`, roleResource(role)] as const),
  ]);
}

/** @throws Error if two parts have the same ID, because one would be lost silently. IDs are built so that this can't happen */
function withUniqueIds(parts: (readonly [id: string, part: JsonObject])[]): JsonObject {
  const partsById = Object.fromEntries(parts);
  if (Object.keys(partsById).length < parts.length) throw new Error('two parts of a template have one ID');
  return partsById;
}

function homeRegionParameter(homeRegion: string): JsonObject {
  return {
    Type: 'String',
    Default: homeRegion,
    Description: messages.homeRegion,
    AllowedPattern: '^[a-z]{2}(-[a-z]+)+-[0-9]+$',
    ConstraintDescription: messages.homeRegionRule,
  };
}

function outputsOf(plan: ExportPlan, secrets: SecretsById): JsonObject {
  return withUniqueIds([
    ...[...secrets].map(([id, sameNamed]) => {
      const condition = regionsId(regionsOfAll(sameNamed));
      const description = messages.secretOutput(sameNamed[0]?.secret.name ?? '');
      return [`${id}SecretArn`, output(condition, description, { Ref: `${id}Secret` })] as const;
    }),
    ...plan.policies.map(({ name }) => {
      const value = { Ref: `${idOf(name)}Policy` };
      return [`${idOf(name)}PolicyArn`, output(IS_HOME_REGION, messages.policyOutput(name), value)] as const;
    }),
    ...plan.roles.map(({ name }) => {
      const value = { 'Fn::GetAtt': [`${idOf(name)}Role`, 'Arn'] };
      return [`${idOf(name)}RoleArn`, output(IS_HOME_REGION, messages.roleOutput(name), value)] as const;
    }),
  ]);
}

function output(Condition: string, Description: string, Value: JsonValue): JsonObject {
  return { Condition, Description, Value };
}

/**
 * Rejects text that CloudFormation would interpret as a dynamic reference, because it can't be escaped. Names and tags can't
 * contain braces. Source: CloudFormation User Guide, "Get values stored in other services using dynamic references".
 * @throws Failure that names the option with the text
 */
function refuseDynamicReferences(roles: PlannedRole[]): void {
  for (const { name, description, trust, permissionsBoundary = '' } of roles) {
    const texts = [
      { option: '--role-description', member: 'roleDescription', text: description },
      { option: '--source-arn', member: 'sourceArns', text: JSON.stringify(trust) },
      { option: '--permissions-boundary', member: 'permissionsBoundary', text: permissionsBoundary },
    ];
    const reference = texts.find(({ text }) => text.includes('{{resolve:'));
    if (reference)
      throw exportFailure(exportMessages.dynamicReference(reference.option, reference.member, name));
  }
}

/** Maximum numbers in one template. Source: CloudFormation User Guide, "Understand CloudFormation quotas". */
const MAX_COUNTS = { parameters: 200, resources: 500, outputs: 200 } as const;

/** Maximum template size in bytes, in a request and in S3. Source: "Understand CloudFormation quotas". */
export const MAX_BYTES = { inRequest: 51_200, inS3: 1_048_576 } as const;

/** @throws Failure that names the CloudFormation quota that the template exceeds */
function demandWithinLimits({ Parameters, Resources, Outputs }: Template): void {
  const sections = { parameters: Parameters, resources: Resources, outputs: Outputs };
  for (const name of ['parameters', 'resources', 'outputs'] as const) {
    const count = Object.keys(sections[name]).length;
    const max = MAX_COUNTS[name];
    if (count > max) throw limitFailure(exportMessages.overLimit[name](count, max));
  }
}

/** @throws Failure if CloudFormation can't take a template of this size at all */
export function demandSize(bytes: number): void {
  if (bytes > MAX_BYTES.inS3) throw limitFailure(exportMessages.overLimit.bytes(bytes, MAX_BYTES.inS3));
}

function limitFailure(message: string): Failure {
  const hint = exportMessages.splitHint;
  return new Failure(message, { code: 'template-limit', exitCode: EXIT.usage, hint });
}
