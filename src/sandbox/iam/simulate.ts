import { contextOf } from '../permissions/authorize.ts';
import { type Decision, decide, type Policies } from '../permissions/evaluate.ts';
import { documentOf, EVERYTHING } from '../permissions/grants.ts';
import type { Asker } from '../permissions/principals.ts';
import { missingKeys, placesOf, type Question } from '../permissions/statements.ts';
import { type Call, type Operations, operation } from '../service.ts';
import { type InputOf, list, record, required, text } from '../shapes.ts';
import { invalidInput, noSuchEntity, optionalDocument, paging, policyArn } from './members.ts';
import { paged, seenRole } from './operation.ts';
import type { IamState, Role } from './store.ts';

const CONTEXT_TYPES = ['string', 'numeric', 'boolean', 'ip', 'binary', 'date'].flatMap((type) => [
  type,
  `${type}List`,
]);

const contextEntry = record({
  ContextKeyName: required(text({ min: 5, max: 256 })),
  ContextKeyValues: required(list(text())),
  ContextKeyType: text({ oneOf: CONTEXT_TYPES }),
});

const members = {
  ...paging,
  PolicySourceArn: policyArn,
  PolicyInputList: list(optionalDocument),
  PermissionsBoundaryPolicyInputList: list(optionalDocument),
  ActionNames: required(list(text({ min: 3, max: 128 }))),
  ResourceArns: list(text({ min: 1, max: 2048 })),
  ContextEntries: list(contextEntry),
};

/**
 * SimulatePrincipalPolicy for the account's user and its roles. It evaluates their own policies, without resource-based policies.
 */
export const simulation: Operations = {
  SimulatePrincipalPolicy: operation(members, (call, input) => {
    const simulator = simulatorFor(call, input);
    const resources = input.ResourceArns ?? ['*'];
    return paged(input, input.ActionNames, 'EvaluationResults', (action) =>
      resultOf(simulator, action, resources),
    );
  }),
};

interface Simulator {
  readonly source: Source;
  readonly policies: readonly LabeledPolicy[];
  readonly boundary: string | undefined;
  question(action: string, resource: string): Question;
}

function simulatorFor(call: Call, input: InputOf<typeof members>): Simulator {
  const source = sourceOf(call, input.PolicySourceArn);
  const given = (input.PolicyInputList ?? []).map(
    (document, index): LabeledPolicy => ({ name: `PolicyInputList.${index + 1}`, document }),
  );
  const entries = (input.ContextEntries ?? []).map((entry) => [entry.ContextKeyName, entry.ContextKeyValues]);
  const context = contextOf(
    {
      'aws:PrincipalArn': source.asker.arn,
      'aws:PrincipalAccount': call.world.account,
      'aws:CurrentTime': new Date(call.now).toISOString(),
      'aws:EpochTime': String(Math.floor(call.now / 1000)),
    },
    Object.fromEntries(entries),
  );
  return {
    source,
    policies: [...source.policies, ...given],
    boundary: input.PermissionsBoundaryPolicyInputList?.[0] ?? source.boundary,
    question: (action, resource) => ({ action, resource, context }),
  };
}

/** Returns the result for one action on all resources: allowed if it is allowed on each. */
function resultOf(simulator: Simulator, action: string, resources: readonly string[]): object {
  const each = resources.map((resource) => specificResult(simulator, simulator.question(action, resource)));
  const decisions = each.map((result) => result.decision);
  const worst = (['explicitDeny', 'implicitDeny'] as const).find((decision) => decisions.includes(decision));
  const byBoundary = simulator.boundary !== undefined && {
    PermissionsBoundaryDecisionDetail: {
      AllowedByPermissionsBoundary: each.every((result) => result.allowedByBoundary),
    },
  };
  return {
    EvalActionName: action,
    EvalResourceName: resources.length > 1 ? template(resources[0] ?? '*') : resources[0],
    EvalDecision: worst ?? 'allowed',
    EvalDecisionDetails: {},
    MatchedStatements: uniqueStatements(each.flatMap((result) => result.matched)),
    MissingContextValues: unique(each.flatMap((result) => result.missing)),
    ...byBoundary,
    ResourceSpecificResults: each.map((result) => ({
      EvalResourceName: result.resource,
      EvalResourceDecision: result.decision,
      MatchedStatements: result.matched,
      MissingContextValues: result.missing,
    })),
  };
}

function specificResult({ source, policies, boundary }: Simulator, question: Question) {
  const all: Policies = { identity: policies.map(({ document }) => document), boundary };
  const decision = shownDecision(decide(question, source.asker, all));
  const effect = decision === 'explicitDeny' ? 'Deny' : 'Allow';
  const matched = policies.flatMap(({ name, document }) =>
    placesOf(document, question, effect).map(({ start, end }) => ({
      SourcePolicyId: name,
      SourcePolicyType: 'IAM Policy',
      StartPosition: start,
      EndPosition: end,
    })),
  );
  const limits = boundary === undefined ? [] : [boundary];
  return {
    resource: question.resource,
    decision,
    matched: decision === 'implicitDeny' ? [] : matched,
    missing: unique([...all.identity, ...limits].flatMap((document) => missingKeys(document, question))),
    allowedByBoundary:
      boundary === undefined || decide(question, source.asker, { identity: [boundary] }).allowed,
  };
}

function shownDecision(decision: Decision): 'allowed' | 'explicitDeny' | 'implicitDeny' {
  if (decision.allowed) {
    return 'allowed';
  }
  return decision.explicit ? 'explicitDeny' : 'implicitDeny';
}

function uniqueStatements<T extends object>(statements: readonly T[]): T[] {
  return [...new Map(statements.map((statement) => [JSON.stringify(statement), statement])).values()];
}

const unique = <T>(items: readonly T[]): T[] => [...new Set(items)];

/** Source: the resource types in the service authorization reference. */
const TEMPLATES: readonly (readonly [RegExp, string])[] = [
  [/^arn:[^:]+:iam:.*:role\//, `iam::$\{Account}:role/$\{RoleNameWithPath}`],
  [/^arn:[^:]+:iam:.*:policy\//, `iam::$\{Account}:policy/$\{PolicyNameWithPath}`],
  [/^arn:[^:]+:secretsmanager:.*:secret:/, `secretsmanager:$\{Region}:$\{Account}:secret:$\{SecretId}`],
  [/^arn:[^:]+:kms:.*:key\//, `kms:$\{Region}:$\{Account}:key/$\{KeyId}`],
];

/**
 * Returns the ARN template that the result of an action on several resources names. The results per resource have the actual
 * ARNs.
 */
function template(resource: string): string {
  const known = TEMPLATES.find(([form]) => form.test(resource));
  return known ? `arn:$\{Partition}:${known[1]}` : '*';
}

/** A policy with the name that simulation results use. */
interface LabeledPolicy {
  readonly name: string;
  readonly document: string;
}

/** The principal whose policies are simulated. */
interface Source {
  readonly asker: Asker;
  readonly policies: readonly LabeledPolicy[];
  readonly boundary: string | undefined;
}

/**
 * Returns the user or role to simulate.
 * @throws AwsError InvalidInput for anything else, including a role session; NoSuchEntity.
 */
function sourceOf(call: Call, arn: string): Source {
  const { account, partition, sessions } = call.world;
  const [, kind, name = ''] =
    new RegExp(`^arn:${partition}:iam::${account}:(user|group|role)/(?:.*/)?([^/]+)$`).exec(arn) ?? [];
  if (kind === undefined) {
    throw invalidInput(`Invalid Entity Arn: ${arn} does not clearly define entity type and name.`);
  }
  const asker = { arn, account, partition };
  if (kind === 'role') {
    return { asker, ...policiesOf(call.iam.seen, seenRole(call.iam.seen, name)) };
  }
  if (`${kind}/${name}` !== sessions.user.principal) {
    throw noSuchEntity(`The ${kind} with name ${name} cannot be found.`);
  }
  return {
    asker,
    policies: [{ name: 'AdministratorAccess', document: EVERYTHING }],
    boundary: undefined,
  };
}

function policiesOf(state: IamState, role: Role): Omit<Source, 'asker'> {
  const attached = role.attached.flatMap((arn): LabeledPolicy[] => {
    const policy = state.policies.get(arn);
    const document = documentOf(policy);
    return policy && document !== undefined ? [{ name: policy.name, document }] : [];
  });
  const inline = [...role.inline].map(([name, document]): LabeledPolicy => ({ name, document }));
  return {
    policies: [...attached, ...inline],
    boundary: role.boundaryArn === undefined ? undefined : documentOf(state.policies.get(role.boundaryArn)),
  };
}
