import { AttachRolePolicyCommand, CreatePolicyCommand, CreateRoleCommand } from '@aws-sdk/client-iam';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { ACCOUNT, clientsOf } from '../../support/account.ts';

/**
 * Deploys templates in tests: evaluates CloudFormation's intrinsic functions for one Region, and creates the resources in
 * the sandbox. Supports only what the exported templates use, and throws for everything else.
 */

type Json = string | number | boolean | Json[] | { [name: string]: Json };
type Properties = { [name: string]: Json };
interface Resource {
  Type: string;
  Condition?: string;
  Properties: Properties;
}
export interface TemplateLike {
  Parameters: Record<
    string,
    { Default?: string; AllowedPattern: string; MinLength?: number; MaxLength?: number }
  >;
  Rules?: Record<string, { Assertions: { Assert: Json; AssertDescription: string }[] }>;
  Conditions: Properties;
  Resources: Record<string, Resource>;
  Outputs: Record<string, { Condition?: string; Value: Json }>;
}

/** Creates the stack of one Region, and returns its outputs. */
export async function deploy(
  sandbox: Sandbox,
  template: TemplateLike,
  region: string,
  given: Record<string, string>,
): Promise<Record<string, string>> {
  const stack = new Stack(template, region, given);
  stack.demandRules(template);
  for (const [id, resource] of Object.entries(template.Resources)) {
    if (stack.isMade(resource))
      stack.made.set(id, await make(sandbox, region, stack.propertiesOf(resource), resource.Type));
  }
  const outputs = Object.entries(template.Outputs).filter(([, output]) => stack.isMade(output));
  return Object.fromEntries(outputs.map(([name, { Value }]) => [name, String(stack.valueOf(Value))]));
}

class Stack {
  /** The ARNs of the created resources, by logical ID. */
  readonly made = new Map<string, string>();
  readonly #parameters: Record<string, string>;
  readonly #conditions: Properties;

  constructor({ Parameters, Conditions }: TemplateLike, region: string, given: Record<string, string>) {
    this.#conditions = Conditions;
    this.#parameters = {
      'AWS::Region': region,
      'AWS::AccountId': ACCOUNT,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
    };
    for (const [name, rules] of Object.entries(Parameters)) {
      const value = given[name] ?? rules.Default;
      if (value === undefined) throw new Error(`Parameters: [${name}] must have values`);
      if (!new RegExp(rules.AllowedPattern).test(value))
        throw new Error(`Parameter ${name} failed to satisfy constraint`);
      this.#parameters[name] = value;
    }
  }

  /** @throws Error for an assertion that is false, before anything is created */
  demandRules({ Rules = {} }: TemplateLike): void {
    const assertions = Object.values(Rules).flatMap(({ Assertions }) => Assertions);
    const broken = assertions.find(({ Assert }) => !this.#holds(Assert));
    if (broken) throw new Error(`Template validation error: ${broken.AssertDescription}`);
  }

  isMade({ Condition }: { Condition?: string }): boolean {
    return Condition === undefined || this.#holds({ Condition });
  }

  propertiesOf({ Properties }: Resource): Properties {
    return this.valueOf(Properties) as Properties;
  }

  valueOf(value: Json): Json {
    if (Array.isArray(value)) return value.map((each) => this.valueOf(each));
    if (typeof value !== 'object') return value;
    const [[name, argument] = []] = Object.entries(value);
    if (name === 'Ref') return this.#reference(String(argument));
    if (name === 'Fn::GetAtt' && Array.isArray(argument)) return this.#reference(String(argument[0]));
    if (name === 'Fn::Sub')
      return String(argument).replace(/\$\{([^}]+)\}/g, (_, each) => this.#reference(each));
    if (name === 'Fn::If' && Array.isArray(argument)) return this.valueOf(this.#chosen(argument));
    if (name?.startsWith('Fn::')) throw new Error(`${name} is not known here`);
    const members = Object.entries(value).filter(([, each]) => !this.#isNoValue(each));
    return Object.fromEntries(members.map(([key, each]) => [key, this.valueOf(each)]));
  }

  #chosen([condition = '', then = '', otherwise = '']: Json[]): Json {
    return this.#holds({ Condition: condition }) ? then : otherwise;
  }

  /** True if `AWS::NoValue` omits the property. */
  #isNoValue(value: Json): boolean {
    if (typeof value !== 'object' || Array.isArray(value)) return false;
    const branches = value['Fn::If'];
    return Array.isArray(branches) ? this.#isNoValue(this.#chosen(branches)) : value.Ref === 'AWS::NoValue';
  }

  #reference(name: string): string {
    const value = this.#parameters[name] ?? this.made.get(name);
    if (value === undefined) throw new Error(`Unresolved resource dependencies [${name}]`);
    return value;
  }

  #holds(condition: Json): boolean {
    const [[name, argument] = []] = Object.entries(condition);
    if (name === 'Condition') {
      const named = this.#conditions[String(argument)];
      if (named === undefined) throw new Error(`Unresolved condition ${argument}`);
      return this.#holds(named);
    }
    if (!Array.isArray(argument)) throw new Error(`${name} is not a condition`);
    if (name === 'Fn::Equals') return this.valueOf(argument[0] ?? '') === this.valueOf(argument[1] ?? '');
    if (name !== 'Fn::Or' || argument.length < 2 || argument.length > 10)
      throw new Error(`${name} is not allowed`);
    return argument.some((each) => this.#holds(each));
  }
}

type Make = (sandbox: Sandbox, region: string, properties: Properties) => Promise<string>;

/** Creates each type of resource from its properties, like CloudFormation's providers. */
const MAKERS: Record<string, Make> = {
  'AWS::SecretsManager::Secret': async (sandbox, region, { GenerateSecretString, ...properties }) => {
    const value = GenerateSecretString ? { SecretString: drawn(GenerateSecretString as Properties) } : {};
    const command = new CreateSecretCommand({ ...(properties as unknown as { Name: string }), ...value });
    const { ARN = '' } = await clientsOf(sandbox, region).secrets.send(command);
    // According to its resource schemas, CloudFormation adds its own tags only to secrets among these three types.
    sandbox.addCloudFormationTags(ARN, 'mediaconnect-keys');
    return ARN;
  },
  'AWS::IAM::ManagedPolicy': async (sandbox, _, { ManagedPolicyName, PolicyDocument, ...properties }) => {
    const command = new CreatePolicyCommand({
      ...properties,
      PolicyName: String(ManagedPolicyName),
      PolicyDocument: JSON.stringify(PolicyDocument),
    });
    return (await clientsOf(sandbox).iam.send(command)).Policy?.Arn ?? '';
  },
  'AWS::IAM::Role': async (sandbox, _, { ManagedPolicyArns, AssumeRolePolicyDocument, ...properties }) => {
    const { iam } = clientsOf(sandbox);
    const command = new CreateRoleCommand({
      ...(properties as unknown as { RoleName: string }),
      AssumeRolePolicyDocument: JSON.stringify(AssumeRolePolicyDocument),
    });
    const { Role } = await iam.send(command);
    for (const PolicyArn of ManagedPolicyArns as string[])
      await iam.send(new AttachRolePolicyCommand({ RoleName: Role?.RoleName, PolicyArn }));
    return Role?.Arn ?? '';
  },
};

function make(sandbox: Sandbox, region: string, properties: Properties, type: string): Promise<string> {
  const maker = MAKERS[type];
  if (!maker) throw new Error(`Unrecognized resource types: [${type}]`);
  return maker(sandbox, region, properties);
}

/** Returns a value made of the characters that Secrets Manager would choose from. */
function drawn(rules: Properties): string {
  const { PasswordLength, ExcludeCharacters, ExcludeUppercase, ExcludePunctuation } = rules;
  const alphabet = `abcdefghijklmnopqrstuvwxyz0123456789${ExcludeUppercase ? '' : 'A'}${ExcludePunctuation ? '' : '!'}`;
  const left = [...alphabet].filter((character) => !String(ExcludeCharacters).includes(character));
  return Array.from({ length: Number(PasswordLength) }, (_, index) => left[(index * 7) % left.length]).join(
    '',
  );
}
