import fc from 'fast-check';
import type { JsonObject, JsonStatement } from '../../src/policy/index.ts';
import {
  ACCOUNT,
  ACTIONS,
  KEY_WORDS,
  oneOrMore,
  RESOURCES,
  ROLE_ARN,
  SESSION_NAME,
  STRINGS,
  TAG_KEYS,
} from './vocabulary.ts';

const singleValued = fc.constantFrom(...KEY_WORDS).chain(({ keys, operators, inPolicy }) =>
  fc.record({
    operator: fc
      .tuple(fc.constantFrom(...operators), fc.constantFrom('', '', 'IfExists'))
      .map((parts) => parts.join('')),
    key: fc.constantFrom(...keys),
    values: oneOrMore(inPolicy),
  }),
);

const multiValued = fc.record({
  operator: fc
    .tuple(fc.constantFrom('ForAnyValue:', 'ForAllValues:'), fc.constantFrom(...STRINGS))
    .map((parts) => parts.join('')),
  key: fc.constant(TAG_KEYS.key),
  values: oneOrMore(TAG_KEYS.patterns),
});

const presence = fc.record({
  operator: fc.constant('Null'),
  key: fc.constantFrom(...KEY_WORDS.flatMap(({ keys }) => keys), TAG_KEYS.key),
  values: fc.constantFrom('true', 'false'),
});

/** One entry of a `Condition`. */
interface ConditionLine {
  operator: string;
  key: string;
  values: string | string[];
}

const conditionLine: fc.Arbitrary<ConditionLine> = fc.oneof(
  { weight: 6, arbitrary: singleValued },
  { weight: 2, arbitrary: multiValued },
  { weight: 1, arbitrary: presence },
);

function conditionElement(lines: ConditionLine[]): JsonObject {
  const element: Record<string, JsonObject> = {};
  for (const { operator, key, values } of lines) element[operator] = { ...element[operator], [key]: values };
  return element;
}

const condition = fc
  .oneof(
    { weight: 3, arbitrary: fc.constant<ConditionLine[]>([]) },
    { weight: 2, arbitrary: fc.array(conditionLine, { minLength: 1, maxLength: 2 }) },
  )
  .map((lines) => (lines.length > 0 ? { Condition: conditionElement(lines) } : {}));

const effect = fc
  .constantFrom('Allow', 'Allow', 'Allow', 'Allow', 'Allow', 'Deny')
  .map((Effect) => ({ Effect }));
const action = fc.tuple(
  fc.constantFrom('Action', 'Action', 'Action', 'Action', 'NotAction'),
  oneOrMore(ACTIONS),
);
const resource = fc.tuple(
  fc.constantFrom('Resource', 'Resource', 'Resource', 'NotResource'),
  oneOrMore(RESOURCES),
);

const named = (pair: fc.Arbitrary<[string, string | string[]]>) =>
  pair.map(([name, value]) => ({ [name]: value }));
const version = fc.constantFrom(
  { Version: '2012-10-17' },
  { Version: '2012-10-17' },
  { Version: '2008-10-17' },
  {},
);

const identityStatement = fc
  .tuple(effect, named(action), named(resource), condition)
  .map((parts): JsonStatement => Object.assign({}, ...parts));

/** A document as JSON, in the form that IAM accepts: lists or single values. */
export type RawPolicy = { Version?: string; Statement: JsonStatement | JsonStatement[] };

const policyOf = (statement: fc.Arbitrary<JsonStatement>): fc.Arbitrary<RawPolicy> =>
  fc
    .tuple(version, fc.oneof(statement, fc.array(statement, { minLength: 1, maxLength: 3 })))
    .map(([head, Statement]) => ({ ...head, Statement }));

export const identityPolicy = policyOf(identityStatement);

const PRINCIPALS: fc.Arbitrary<JsonObject | string> = fc.oneof(
  fc.constant('*'),
  oneOrMore([
    ROLE_ARN,
    `arn:aws:sts::${ACCOUNT}:assumed-role/MediaConnect-ASM/${SESSION_NAME}`,
    `arn:aws:sts::${ACCOUNT}:assumed-role/MediaConnect-ASM/other`,
    ACCOUNT,
    `arn:aws:iam::${ACCOUNT}:root`,
    '444455556666',
    `arn:aws:iam::${ACCOUNT}:role/Other`,
    `arn:aws:iam::${ACCOUNT}:user/alice`,
  ]).map((AWS) => ({ AWS })),
  fc.constant({ AWS: '*' }),
  fc.constant({ Service: 'mediaconnect.amazonaws.com' }),
  fc.constant({ Federated: 'accounts.google.com' }),
);

const principal = fc
  .tuple(fc.constantFrom('Principal', 'Principal', 'Principal', 'Principal', 'NotPrincipal'), PRINCIPALS)
  .map(([name, value]) => ({ [name]: value }));

export const resourcePolicy = policyOf(
  fc
    .tuple(effect, principal, named(action), named(resource), condition)
    .map((parts): JsonStatement => Object.assign({}, ...parts)),
);

const trustPrincipal = fc.oneof(
  oneOrMore(['mediaconnect.amazonaws.com', 'ec2.amazonaws.com', 'medialive.amazonaws.com']).map(
    (Service) => ({ Service }),
  ),
  fc.constant({ AWS: ACCOUNT, Service: 'mediaconnect.amazonaws.com' }),
  fc.constant({ AWS: `arn:aws:iam::${ACCOUNT}:root` }),
  fc.constant('*'),
  fc.constant({ Federated: `arn:aws:iam::${ACCOUNT}:saml-provider/corp` }),
);

const trustStatement = fc
  .tuple(
    effect,
    fc
      .tuple(fc.constantFrom('Principal', 'Principal', 'Principal', 'NotPrincipal'), trustPrincipal)
      .map(([name, value]) => ({ [name]: value })),
    oneOrMore(['sts:AssumeRole', 'sts:AssumeRole', 'sts:*', 'sts:TagSession', 'sts:assumerole']).map(
      (Action) => ({ Action }),
    ),
    condition,
  )
  .map((parts): JsonStatement => Object.assign({}, ...parts));

export const trustPolicy = policyOf(trustStatement);
