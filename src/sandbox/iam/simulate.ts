import { conditionContext } from '../permissions/authorize.ts';
import { type Decision, decide, type Policies } from '../permissions/evaluate.ts';
import { ALLOW_ALL_DOCUMENT, defaultDocument } from '../permissions/grants.ts';
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
    const simulator = simulatorFor(call, input);
    const resources = input.ResourceArns ?? ['*'];
    return pageResponse(input, input.ActionNames, 'EvaluationResults', (action) =>
      actionResult(simulator, action, resources),
    );
  }),
};

interface Simulator {
  readonly simulatedPrincipal: SimulatedPrincipal;
  readonly policies: readonly NamedPolicy[];
  readonly boundary: string | undefined;
  accessRequest(action: string, resource: string): AccessRequest;
}

function simulatorFor(call: Call, input: InputOf<typeof members>): Simulator {
  const simulatedPrincipal = simulatedPrincipalOrThrow(call, input.PolicySourceArn);
  const inputPolicies = (input.PolicyInputList ?? []).map(
    (document, index): NamedPolicy => ({ name: `PolicyInputList.${index + 1}`, document }),
  );
  const entries = (input.ContextEntries ?? []).map((entry) => [entry.ContextKeyName, entry.ContextKeyValues]);
  const context = conditionContext(
    {
      'aws:PrincipalArn': simulatedPrincipal.principal.arn,
      'aws:PrincipalAccount': call.account.accountId,
      'aws:CurrentTime': new Date(call.now).toISOString(),
      'aws:EpochTime': String(Math.floor(call.now / 1000)),
    },
    Object.fromEntries(entries),
  );
  return {
    simulatedPrincipal,
    policies: [...simulatedPrincipal.policies, ...inputPolicies],
    boundary: input.PermissionsBoundaryPolicyInputList?.[0] ?? simulatedPrincipal.boundary,
    accessRequest: (action, resource) => ({ action, resource, context }),
  };
}

/** Returns the result for one action on all resources: allowed if it is allowed on each. */
function actionResult(simulator: Simulator, action: string, resources: readonly string[]): object {
  const resultsByResource = resources.map((resource) =>
    resultFor(simulator, simulator.accessRequest(action, resource)),
  );
  const decisions = resultsByResource.map((result) => result.decision);
  const denial = (['explicitDeny', 'implicitDeny'] as const).find((decision) => decisions.includes(decision));
  const boundaryDetails = simulator.boundary !== undefined && {
    PermissionsBoundaryDecisionDetail: {
      AllowedByPermissionsBoundary: resultsByResource.every((result) => result.allowedByBoundary),
    },
  };
  return {
    EvalActionName: action,
    EvalResourceName: resources.length > 1 ? arnTemplate(resources[0] ?? '*') : resources[0],
    EvalDecision: denial ?? 'allowed',
    EvalDecisionDetails: {},
    MatchedStatements: uniqueStatements(resultsByResource.flatMap((result) => result.matched)),
    MissingContextValues: unique(resultsByResource.flatMap((result) => result.missing)),
    ...boundaryDetails,
    ResourceSpecificResults: resultsByResource.map((result) => ({
      EvalResourceName: result.resource,
      EvalResourceDecision: result.decision,
      MatchedStatements: result.matched,
      MissingContextValues: result.missing,
    })),
  };
}

function resultFor({ simulatedPrincipal, policies, boundary }: Simulator, request: AccessRequest) {
  const policySet: Policies = { identity: policies.map(({ document }) => document), boundary };
  const decision = decisionName(decide(request, simulatedPrincipal.principal, policySet));
  const effect = decision === 'explicitDeny' ? 'Deny' : 'Allow';
  const matched = policies.flatMap(({ name, document }) =>
    matchingSpans(document, request, effect).map(({ start, end }) => ({
      SourcePolicyId: name,
      SourcePolicyType: 'IAM Policy',
      StartPosition: start,
      EndPosition: end,
    })),
  );
  const boundaryDocuments = boundary === undefined ? [] : [boundary];
  return {
    resource: request.resource,
    decision,
    matched: decision === 'implicitDeny' ? [] : matched,
    missing: unique(
      [...policySet.identity, ...boundaryDocuments].flatMap((document) =>
        missingContextKeys(document, request),
      ),
    ),
    allowedByBoundary:
      boundary === undefined ||
      decide(request, simulatedPrincipal.principal, { identity: [boundary] }).allowed,
  };
}

function decisionName(decision: Decision): 'allowed' | 'explicitDeny' | 'implicitDeny' {
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
function arnTemplate(resource: string): string {
  const template = TEMPLATES.find(([pattern]) => pattern.test(resource));
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
  const { accountId, partition, sessions } = call.account;
  const [, kind, name = ''] =
    new RegExp(`^arn:${partition}:iam::${accountId}:(user|group|role)/(?:.*/)?([^/]+)$`).exec(arn) ?? [];
  if (kind === undefined) {
    throw invalidInput(`Invalid Entity Arn: ${arn} does not clearly define entity type and name.`);
  }
  const principal: Principal = { arn, accountId, partition };
  if (kind === 'role') {
    return { principal, ...policiesOfRole(call.iam.visible, roleOrThrow(call.iam.visible, name)) };
  }
  if (`${kind}/${name}` !== sessions.user.principal) {
    throw noSuchEntity(`The ${kind} with name ${name} cannot be found.`);
  }
  return {
    principal,
    policies: [{ name: 'AdministratorAccess', document: ALLOW_ALL_DOCUMENT }],
    boundary: undefined,
  };
}

function policiesOfRole(state: IamState, role: Role): Omit<SimulatedPrincipal, 'principal'> {
  const attachedPolicies = role.attachedPolicyArns.flatMap((arn): NamedPolicy[] => {
    const policy = state.policies.get(arn);
    const document = defaultDocument(policy);
    return policy && document !== undefined ? [{ name: policy.name, document }] : [];
  });
  const inlinePolicies = [...role.inlinePolicies].map(
    ([name, document]): NamedPolicy => ({ name, document }),
  );
  return {
    policies: [...attachedPolicies, ...inlinePolicies],
    boundary:
      role.boundaryArn === undefined ? undefined : defaultDocument(state.policies.get(role.boundaryArn)),
  };
}
