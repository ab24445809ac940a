import fc from 'fast-check';

/** Values for policies and requests, few enough that they often match. */
export const ACCOUNT = '111122223333';
export const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/MediaConnect-ASM`;
export const SESSION_NAME = 'flow-session';

const SECRET_ARN = `arn:aws:secretsmanager:us-west-2:${ACCOUNT}:secret:aes256-7g8H9i`;
const OTHER_SECRET_ARN = `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:team/blue-AbCdEf`;
const KEY_ARN = `arn:aws:kms:us-west-2:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;

const REQUEST_ACTIONS = [
  'secretsmanager:GetSecretValue',
  'secretsmanager:DescribeSecret',
  'secretsmanager:DeleteSecret',
];

export const ACTIONS = [
  ...REQUEST_ACTIONS,
  'secretsmanager:getsecretvalue',
  'secretsmanager:Get*',
  'secretsmanager:?e*Secret',
  'secretsmanager:*',
  'secretsmanager:*',
  '*',
  '*',
  'kms:Decrypt',
  'kms:*',
  's3:GetObject',
];

export const RESOURCES = [
  '*',
  '*',
  '*',
  SECRET_ARN,
  SECRET_ARN,
  OTHER_SECRET_ARN,
  KEY_ARN,
  `arn:aws:secretsmanager:us-west-2:${ACCOUNT}:secret:*`,
  `arn:aws:secretsmanager:*:${ACCOUNT}:secret:aes256-??????`,
  'arn:aws:secretsmanager:*:*:*',
  `arn:aws:secretsmanager:eu-*-1:${ACCOUNT}:secret:team/*`,
  `arn:aws:kms:*:${ACCOUNT}:key/*`,
  `arn:aws:secretsmanager:us-west-2:${ACCOUNT}:secret:\${aws:PrincipalTag/team}-*`,
  `arn:aws:secretsmanager:us-west-2:${ACCOUNT}:secret:\${aws:PrincipalTag/none, 'aes256'}-7g8H9i`,
  `arn:aws:secretsmanager:us-west-2:${ACCOUNT}:secret:aes256-\${*}`,
];

/** Context keys of one type, their values in requests, and the values that policies compare them with. */
interface KeyMessages {
  keys: string[];
  operators: string[];
  inRequest: string[];
  inPolicy: string[];
}

const comparisons = (family: string) =>
  ['Equals', 'NotEquals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals'].map(
    (each) => family + each,
  );

export const STRINGS = [
  'StringEquals',
  'StringNotEquals',
  'StringEqualsIgnoreCase',
  'StringNotEqualsIgnoreCase',
].concat('StringLike', 'StringNotLike');

export const KEY_WORDS: KeyMessages[] = [
  {
    keys: ['aws:SourceAccount', 'AWS:sourceaccount'],
    operators: STRINGS,
    inRequest: [ACCOUNT, '444455556666'],
    inPolicy: [ACCOUNT, '444455556666', '1111*', '????55556666', '*', `\${aws:PrincipalAccount}`],
  },
  {
    keys: ['aws:PrincipalTag/team'],
    operators: STRINGS,
    inRequest: ['aes256', 'Blue', 'blue'],
    inPolicy: ['aes256', 'Blue', 'BLUE', 'bl*', '?lue', `\${*}`, `\${aws:PrincipalTag/none, 'blue'}`],
  },
  {
    keys: ['aws:SourceArn'],
    operators: ['ArnEquals', 'ArnNotEquals', 'ArnLike', 'ArnNotLike', 'StringLike'],
    inRequest: [
      `arn:aws:mediaconnect:us-west-2:${ACCOUNT}:flow:1-ab:news`,
      `arn:aws:mediaconnect:us-west-2:${ACCOUNT}:flow:2-cd:blue`,
      `arn:aws:mediaconnect:eu-west-1:${ACCOUNT}:output:2`,
    ],
    inPolicy: [
      `arn:aws:mediaconnect:us-west-2:${ACCOUNT}:flow:1-ab:news`,
      `arn:aws:mediaconnect:*:${ACCOUNT}:flow:*`,
      'arn:aws:mediaconnect:*:*:*',
      'arn:*:news:*:*:*',
      `arn:aws:mediaconnect:*:${ACCOUNT}:*:\${aws:PrincipalTag/team}`,
    ],
  },
  {
    keys: ['aws:SourceIp'],
    operators: ['IpAddress', 'NotIpAddress'],
    inRequest: ['203.0.113.7', '198.51.100.1', '2001:db8::7'],
    inPolicy: ['203.0.113.0/24', '203.0.113.7', '128.0.0.0/1', '2001:db8::/32', '198.51.100.0/31'],
  },
  {
    keys: ['aws:CurrentTime'],
    operators: comparisons('Date'),
    inRequest: ['2024-05-01T00:00:00Z', '2025-01-31T12:30:00Z'],
    inPolicy: ['2024-05-01T00:00:00Z', '2024-05-01', '2025-06-01T00:00:00+02:00', '2023-12-31T23:59:59Z'],
  },
  {
    keys: ['aws:MultiFactorAuthAge'],
    operators: comparisons('Numeric'),
    inRequest: ['0', '300', '3600'],
    inPolicy: ['300', '300.0', '299.5', '7200', '-1'],
  },
  {
    keys: ['aws:SecureTransport'],
    operators: ['Bool'],
    inRequest: ['true', 'false'],
    inPolicy: ['true', 'false', 'True'],
  },
  {
    keys: ['aws:PrincipalTag/hash'],
    operators: ['BinaryEquals'],
    inRequest: ['aGVsbG8='],
    inPolicy: ['aGVsbG8=', 'd29ybGQ='],
  },
];

export const TAG_KEYS = {
  key: 'aws:TagKeys',
  values: ['team', 'cost', 'Stage'],
  patterns: ['team', 'cost', 't*', 'stage', '*'],
};

export const oneOrMore = <Value>(values: Value[]) =>
  fc.oneof(
    fc.constantFrom(...values),
    fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 }),
  );

const words = fc.tuple(
  ...KEY_WORDS.map(({ keys: [key = ''], inRequest }) =>
    fc.option(fc.constantFrom(...inRequest)).map((value) => (value === null ? {} : { [key]: value })),
  ),
  fc
    .option(fc.uniqueArray(fc.constantFrom(...TAG_KEYS.values), { minLength: 1 }))
    .map((value) => (value === null ? {} : { [TAG_KEYS.key]: value })),
);

export type Context = Record<string, string | string[]>;

export const context: fc.Arbitrary<Context> = words.map((parts) =>
  Object.assign({ 'aws:PrincipalAccount': ACCOUNT }, ...parts),
);

/** What the request is for: mostly to read a secret, sometimes to decrypt with the key. */
export const target = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      action: fc.constantFrom(...REQUEST_ACTIONS),
      resource: fc.constantFrom(SECRET_ARN, OTHER_SECRET_ARN),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ action: 'kms:Decrypt', resource: KEY_ARN }) },
);
