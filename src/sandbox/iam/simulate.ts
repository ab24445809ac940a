import { conditionContext } from '../permissions/authorize.ts';
import { type Decision, decide } from '../permissions/evaluate.ts';
import type { Context } from '../permissions/glob.ts';
import { ALLOW_ALL_DOCUMENT, defaultDocument } from '../permissions/permission-source.ts';
import type { Principal } from '../permissions/principals.ts';
import { type AccessRequest, matchingSpans, missingContextKeys } from '../permissions/statements.ts';
import { type Call, type Operations, operation } from '../service.ts';
import { type InputOf, list, record, required, text } from '../shapes.ts';
import { invalidInput, noSuchEntity, optionalDocument, paging, policyArn } from './members.ts';
import { pageResponse, roleOrThrow } from './operation.ts';
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
export const simulationOperations: Operations = {
  SimulatePrincipalPolicy: operation(members, (call, input) => {
    const simulation = simulationOf(call, input);
    const resources = input.ResourceArns ?? ['*'];
    return pageResponse(input, input.ActionNames, 'EvaluationResults', (action) =>
      actionResult(simulation, action, resources),
    );
  }),
};

/** A principal with its policies and those in the input, and the condition keys of the simulated requests. */
interface Simulation extends SimulatedPrincipal {
  readonly context: Context;
}

function simulationOf(call: Call, input: InputOf<typeof members>): Simulation {
  const { principal, policies, boundary } = simulatedPrincipalOrThrow(call, input.PolicySourceArn);
  const inputPolicies = (input.PolicyInputList ?? []).map(
    (document, index): NamedPolicy => ({ name: `PolicyInputList.${index + 1}`, document }),
  );
  const entries = (input.ContextEntries ?? []).map((entry) => [entry.ContextKeyName, entry.ContextKeyValues]);
  const context = conditionContext(
    {
      'aws:PrincipalArn': principal.arn,
      'aws:PrincipalAccount': call.account.accountId,
      'aws:CurrentTime': new Date(call.now).toISOString(),
      'aws:EpochTime': String(Math.floor(call.now / 1000)),
    },
    Object.fromEntries(entries),
  );
  return {
    principal,
    policies: [...policies, ...inputPolicies],
    boundary: input.PermissionsBoundaryPolicyInputList?.[0] ?? boundary,
    context,
  };
}

/** Returns the result for one action on all resources: allowed if it is allowed on each. */
function actionResult(simulation: Simulation, action: string, resources: readonly string[]): object {
  const { boundary, context } = simulation;
  const results = resources.map((resource) => resultFor(simulation, { action, resource, context }));
  const decisions = results.map((result) => result.decision);
  const denial = (['explicitDeny', 'implicitDeny'] as const).find((decision) => decisions.includes(decision));
  const isAllowedByBoundary = results.every((result) => result.allowedByBoundary);
  return {
    EvalActionName: action,
    EvalResourceName: resources.length > 1 ? arnTemplate(resources[0] ?? '*') : resources[0],
    EvalDecision: denial ?? 'allowed',
    EvalDecisionDetails: {},
    MatchedStatements: uniqueStatements(results.flatMap((result) => result.matched)),
    MissingContextValues: unique(results.flatMap((result) => result.missing)),
    PermissionsBoundaryDecisionDetail:
      boundary === undefined ? undefined : { AllowedByPermissionsBoundary: isAllowedByBoundary },
    ResourceSpecificResults: results.map((result) => ({
      EvalResourceName: result.resource,
      EvalResourceDecision: result.decision,
      MatchedStatements: result.matched,
      MissingContextValues: result.missing,
    })),
  };
}

/** Returns the result for one action on one resource. */
function resultFor({ principal, policies, boundary }: Simulation, request: AccessRequest) {
  const identity = policies.map(({ document }) => document);
  const decision = decisionName(decide(request, principal, { identity, boundary }));
  const effect = decision === 'explicitDeny' ? 'Deny' : 'Allow';
  const matched = policies.flatMap(({ name, document }) =>
    matchingSpans(document, request, effect).map(({ start, end }) => ({
      SourcePolicyId: name,
      SourcePolicyType: 'IAM Policy',
      StartPosition: start,
      EndPosition: end,
    })),
  );
  const documents = boundary === undefined ? identity : [...identity, boundary];
  return {
    resource: request.resource,
    decision,
    matched: decision === 'implicitDeny' ? [] : matched,
    missing: unique(documents.flatMap((document) => missingContextKeys(document, request))),
    allowedByBoundary: boundary === undefined || decide(request, principal, { identity: [boundary] }).allowed,
  };
}

function decisionName(decision: Decision): 'allowed' | 'explicitDeny' | 'implicitDeny' {
  if (decision.allowed) return 'allowed';
  return decision.explicit ? 'explicitDeny' : 'implicitDeny';
}

function uniqueStatements<T extends object>(statements: readonly T[]): T[] {
  return [...new Map(statements.map((statement) => [JSON.stringify(statement), statement])).values()];
}

const unique = <T>(items: readonly T[]): T[] => [...new Set(items)];

/** Source: the resource types in the service authorization reference. */
const ARN_TEMPLATES: readonly (readonly [RegExp, string])[] = [
  [/^arn:[^:]+:iam:.*:role\//, `iam::$\{Account}:role/$\{RoleNameWithPath}`],
  [/^arn:[^:]+:iam:.*:policy\//, `iam::$\{Account}:policy/$\{PolicyNameWithPath}`],
  [/^arn:[^:]+:secretsmanager:.*:secret:/, `secretsmanager:$\{Region}:$\{Account}:secret:$\{SecretId}`],
  [/^arn:[^:]+:kms:.*:key\//, `kms:$\{Region}:$\{Account}:key/$\{KeyId}`],
];

/** Returns the template that the result of an action on several resources has instead of an ARN. */
function arnTemplate(resource: string): string {
  const template = ARN_TEMPLATES.find(([pattern]) => pattern.test(resource));
  return template ? `arn:$\{Partition}:${template[1]}` : '*';
}

/** A policy with the name that simulation results use. */
interface NamedPolicy {
  readonly name: string;
  readonly document: string;
}

/** The principal whose policies are simulated. */
interface SimulatedPrincipal {
  readonly principal: Principal;
  readonly policies: readonly NamedPolicy[];
  readonly boundary: string | undefined;
}

/**
 * Returns the user or role to simulate.
 * @throws AwsError InvalidInput for anything else, including a role session; NoSuchEntity.
 */
function simulatedPrincipalOrThrow(call: Call, arn: string): SimulatedPrincipal {
  const { accountId, partition } = call.account;
  const [, kind, name = ''] =
    new RegExp(`^arn:${partition}:iam::${accountId}:(user|group|role)/(?:.*/)?([^/]+)$`).exec(arn) ?? [];
  if (kind === undefined) {
    throw invalidInput(`Invalid Entity Arn: ${arn} does not clearly define entity type and name.`);
  }
  const principal: Principal = { arn, accountId, partition };
  if (kind === 'role') {
    return { principal, ...namedPoliciesOf(call.iam.visible, roleOrThrow(call.iam.visible, name)) };
  }
  if (`${kind}/${name}` !== call.account.accessKeys.userKey.principal) {
    throw noSuchEntity(`The ${kind} with name ${name} cannot be found.`);
  }
  return {
    principal,
    policies: [{ name: 'AdministratorAccess', document: ALLOW_ALL_DOCUMENT }],
    boundary: undefined,
  };
}

function namedPoliciesOf(state: IamState, role: Role): Omit<SimulatedPrincipal, 'principal'> {
  const attachedPolicies = role.attachedPolicyArns.flatMap((arn): NamedPolicy[] => {
    const policy = state.policies.get(arn);
    const document = defaultDocument(policy);
    return policy && document !== undefined ? [{ name: policy.name, document }] : [];
  });
  const inlinePolicies = [...role.inlinePolicies].map(([name, document]) => ({ name, document }));
  return {
    policies: [...attachedPolicies, ...inlinePolicies],
    boundary: role.boundaryArn && defaultDocument(state.policies.get(role.boundaryArn)),
  };
}
