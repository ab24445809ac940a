import { EXIT, Failure } from '../../../failure.ts';
import { groupedBy } from '../../../grouping.ts';
import type { JsonObject, JsonValue } from '../../../policy/index.ts';
import { idOf, type NamedSecret, regionsId, withIds } from '../ids.ts';
import { exportMessages, templateMessages as messages } from '../messages.ts';
import type { ExportPlan, PlannedRole, PlannedSecret } from '../types.ts';
import {
  generatedDigits,
  HOME,
  keyParameter,
  policyResource,
  regionConditions,
  regionsOf,
  roleResource,
  secretResource,
} from './resources.ts';

/** A template with CloudFormation's element names. */
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

/** A key in the template, and how it gets there. */
export interface TemplateKey {
  secret: PlannedSecret;
  /** The parameter for it. Absent if Secrets Manager generates the key. */
  parameter?: string;
}

/**
 * Builds one template for all Regions, for any account or for one. Each secret is created where its key is used, the policies and
 * roles in the home Region.
 * @param account the only account in which CloudFormation creates a stack from it; undefined for any account
 * @throws Failure if the template exceeds CloudFormation's quotas, or if CloudFormation would misinterpret a text
 */
export function buildTemplate(
  plan: ExportPlan,
  homeRegion: string,
  account?: string,
): { template: Template; keys: TemplateKey[] } {
  refuseDynamicReferences(plan.roles);
  const stored = withIds(plan.secrets.filter((secret) => secret.stored));
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
    Parameters: { HomeRegion: homeParameter(homeRegion), ...parametersOf(keys) },
    ...(account === undefined ? {} : { Rules: { OnlyAccount: accountRule(account) } }),
    Conditions: {
      [HOME]: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, { Ref: 'HomeRegion' }] },
      ...usedIn({ Resources, Outputs }, conditionsByName),
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

/** Returns the conditions that these parts of the template refer to. */
function usedIn(parts: JsonObject, conditions: JsonObject): JsonObject {
  const text = JSON.stringify(parts);
  return Object.fromEntries(Object.entries(conditions).filter(([name]) => text.includes(`"${name}"`)));
}

type SecretsById = ReadonlyMap<string, NamedSecret[]>;

function regionsOfAll(secrets: NamedSecret[]): string[] {
  return secrets.flatMap(({ secret }) => regionsOf(secret));
}

function parametersOf(keys: TemplateKey[]): JsonObject {
  return distinct(
    keys.flatMap(({ secret, parameter }) =>
      parameter === undefined ? [] : [[parameter, keyParameter(secret)] as const],
    ),
  );
}

function resourcesOf({ policies, roles }: ExportPlan, secrets: SecretsById): JsonObject {
  return distinct([
    ...[...secrets].map(([id, named]) => [`${id}Secret`, secretResource(named)] as const),
    ...policies.map((policy) => [`${idOf(policy.name)}Policy`, policyResource(policy)] as const),
    ...roles.map((role) => [`${idOf(role.name)}Role`, roleResource(role)] as const),
  ]);
}

/** @throws Error if two parts have the same ID, because one would be lost silently; IDs are designed so that this can't happen */
function distinct(members: (readonly [string, JsonObject])[]): JsonObject {
  const partsById = Object.fromEntries(members);
  if (Object.keys(partsById).length < members.length) throw new Error('two parts of a template have one ID');
  return partsById;
}

function homeParameter(homeRegion: string): JsonObject {
  return {
    Type: 'String',
    Default: homeRegion,
    Description: messages.homeRegion,
    AllowedPattern: '^[a-z]{2}(-[a-z]+)+-[0-9]+$',
    ConstraintDescription: messages.homeRegionRule,
  };
}

function outputsOf(plan: ExportPlan, secrets: SecretsById): JsonObject {
  const output = (Condition: string, Description: string, Value: JsonValue) => ({
    Condition,
    Description,
    Value,
  });
  return distinct([
    ...[...secrets].map(([id, named]) => {
      const condition = regionsId(regionsOfAll(named));
      const description = messages.secretOutput(named[0]?.secret.name ?? '');
      return [`${id}SecretArn`, output(condition, description, { Ref: `${id}Secret` })] as const;
    }),
    ...plan.policies.map(({ name }) => {
      const value = { Ref: `${idOf(name)}Policy` };
      return [`${idOf(name)}PolicyArn`, output(HOME, messages.policyOutput(name), value)] as const;
    }),
    ...plan.roles.map(({ name }) => {
      const value = { 'Fn::GetAtt': [`${idOf(name)}Role`, 'Arn'] };
      return [`${idOf(name)}RoleArn`, output(HOME, messages.roleOutput(name), value)] as const;
    }),
  ]);
}

/**
 * Prevents a text from being interpreted as a dynamic reference, for which there is no escape. Names and tags can't contain
 * braces, so only these texts have to be checked. Source: CloudFormation User Guide, "Get values stored in other services using
 * dynamic references".
 * @throws Failure that names the option, if CloudFormation would replace part of a text
 */
function refuseDynamicReferences(roles: PlannedRole[]): void {
  for (const { name, description, trust, permissionsBoundary = '' } of roles) {
    const texts = [
      { option: '--role-description', member: 'roleDescription', text: description },
      { option: '--source-arn', member: 'sourceArns', text: JSON.stringify(trust) },
      { option: '--permissions-boundary', member: 'permissionsBoundary', text: permissionsBoundary },
    ];
    const reference = texts.find(({ text }) => text.includes('{{resolve:'));
    if (!reference) continue;
    const { option, member } = reference;
    throw new Failure(exportMessages.resolved(option, member, name), {
      code: 'export',
      exitCode: EXIT.usage,
    });
  }
}

/** Maximum numbers in one template. Source: CloudFormation User Guide, "Understand CloudFormation quotas". */
const MAX_COUNTS = { parameters: 200, resources: 500, outputs: 200 } as const;

/** Maximum template size in bytes, in a request and in S3. Source: as above. */
export const MAX_BYTES = { inRequest: 51_200, inS3: 1_048_576 } as const;

/** @throws Failure that names the CloudFormation quota that the template exceeds */
function demandWithinLimits(template: {
  Parameters: JsonObject;
  Resources: JsonObject;
  Outputs: JsonObject;
}): void {
  const counts = {
    parameters: Object.keys(template.Parameters).length,
    resources: Object.keys(template.Resources).length,
    outputs: Object.keys(template.Outputs).length,
  };
  for (const part of ['parameters', 'resources', 'outputs'] as const) {
    const [count, max] = [counts[part], MAX_COUNTS[part]];
    if (count > max) throw limitFailure(exportMessages.overLimit[part](count, max));
  }
}

/** @throws Failure if CloudFormation can't take a template of this size at all */
export function demandSize(bytes: number): void {
  if (bytes > MAX_BYTES.inS3) throw limitFailure(exportMessages.overLimit.bytes(bytes, MAX_BYTES.inS3));
}

function limitFailure(message: string): Failure {
  return new Failure(message, {
    code: 'template-limit',
    exitCode: EXIT.usage,
    hint: exportMessages.splitHint,
  });
}
