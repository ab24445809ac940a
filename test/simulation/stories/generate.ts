import fc from 'fast-check';
import { MOST_CHOICE } from '../world/schedule.ts';
import type {
  Act,
  Command,
  Fault,
  InlineKind,
  KmsKind,
  OtherAct,
  PlayedCommand,
  PolicyThing,
  QuotaThing,
  RegionName,
  RoleThing,
  SecretThing,
  SetupCommand,
  Story,
  TrustKind,
} from './story.ts';

/** Random stories. The first item of each list is the plain case, to which a story shrinks. */
const secretName = fc.constantFrom('a', 'b', 'a', 'b', 'a', 'b', 'c', 'long1', 'long2');
const policyName = fc.constantFrom('P', 'P', 'P', 'P', 'P', 'P', 'P-2', 'Q');
const roleName = fc.constantFrom('R', 'R', 'R', 'R', 'R', 'S');
const regions = fc.constantFrom<readonly RegionName[]>(
  ['us-west-2'],
  ['us-west-2'],
  ['us-west-2'],
  ['us-west-2', 'eu-west-1'],
  ['eu-west-1'],
);
const keyName = fc.constantFrom('k1' as const, 'k1' as const, 'k1' as const, 'k2' as const, 'k3' as const);

/** A value in one of this many cases, and undefined in the others. */
function seldom<T>(arbitrary: fc.Arbitrary<T>, cases = 6): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: cases - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

/** Removes undefined members. */
function whole<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;
}

const kms = fc.constantFrom<KmsKind[]>('own', 'own-alias', 'foreign', 'foreign-alias');
const inline = fc.constantFrom<InlineKind[]>('other', 'perimeter', 'tagged', 'allow-all', 'read-all', 'deny');
const rarely = (cases = 12) => seldom(fc.constant(true as const), cases);

const policyThing: fc.Arbitrary<PolicyThing> = fc
  .record({
    thing: fc.constant('policy' as const),
    name: fc.constantFrom('P', 'P', 'P-2', 'P-2', 'P-3', 'P-4', 'p', 'p-2', 'Q', 'Q-2'),
    path: seldom(fc.constant('/team/' as const), 8),
    document: fc.constantFrom(
      'read' as const,
      'read' as const,
      'full' as const,
      'wide' as const,
      'odd' as const,
      'deny' as const,
    ),
    secrets: fc.array(fc.constantFrom('a', 'b', 'c', 'other'), { maxLength: 2 }),
    versions: fc.constantFrom(1, 1, 2, 4, 5),
    own: fc.boolean(),
    stack: rarely(),
  })
  .map((thing) => whole<PolicyThing>(thing));

const roleThing: fc.Arbitrary<RoleThing> = fc
  .record({
    thing: fc.constant('role' as const),
    name: fc.constantFrom('R', 'S', 'T', 'r'),
    trust: fc.constantFrom<TrustKind[]>(
      'own-form',
      'own-form',
      'guide',
      'lambda',
      'other-account',
      'both-accounts',
      'other-arn',
    ),
    attached: fc.array(fc.constantFrom('P', 'P-2', 'P-3', 'P-4', 'Q', 'Q-2'), { maxLength: 3 }),
    crowd: seldom(fc.constantFrom(8, 9, 10), 10),
    inline: seldom(inline),
    boundary: seldom(inline, 8),
    own: fc.boolean(),
    stack: rarely(),
  })
  .map((thing) => whole<RoleThing>(thing));

const secretThing: fc.Arbitrary<SecretThing> = fc
  .record({
    thing: fc.constant('secret' as const),
    name: fc.constantFrom('a', 'b', 'c', 'other'),
    region: fc.constantFrom('us-west-2' as const, 'us-west-2' as const, 'eu-west-1' as const),
    value: fc.constantFrom('k1' as const, 'k1' as const, 'k2' as const, 'wrong' as const),
    kms: seldom(kms, 3),
    policy: seldom(inline, 6),
    deleted: rarely(6),
    own: fc.boolean(),
    stack: rarely(),
  })
  .map((thing) => whole<SecretThing>(thing));

const quotaThing: fc.Arbitrary<QuotaThing> = fc.record({
  thing: fc.constant('quota' as const),
  attached: fc.constantFrom(20, 12),
});

const thing = fc.oneof(
  { weight: 5, arbitrary: policyThing },
  { weight: 4, arbitrary: roleThing },
  { weight: 5, arbitrary: secretThing },
  { weight: 1, arbitrary: quotaThing },
);

const setupKey = {
  secret: secretName,
  regions,
  key: fc.oneof(
    { weight: 6, arbitrary: keyName },
    { weight: 1, arbitrary: fc.constantFrom('generate' as const, 'arn' as const) },
  ),
  policy: policyName,
  scope: fc.constantFrom(
    'secrets' as const,
    'secrets' as const,
    'secrets' as const,
    'secrets' as const,
    'secrets' as const,
    'secrets' as const,
    'prefix' as const,
    'region' as const,
    'account' as const,
  ),
  role: roleName,
  existingKey: seldom(fc.constantFrom('keep' as const, 'replace' as const), 3),
  restore: rarely(3),
  updateTrust: rarely(3),
  kms: seldom(kms, 8),
};

/** Removes the ARN of a KMS key where it does not apply: for several Regions, and for secrets that are not stored. */
function inOneRegion<T extends Pick<SetupCommand, 'key' | 'regions'> & { kms?: KmsKind | undefined }>(
  key: T,
): T {
  return key.kms && (key.key === 'arn' || key.regions.length > 1) ? { ...key, kms: undefined } : key;
}

const setup: fc.Arbitrary<Command> = fc
  .record({
    kind: fc.constant('setup' as const),
    ...setupKey,
    sourceArns: seldom(fc.constantFrom(1, 25), 12),
  })
  .map((command) => whole<SetupCommand>(inOneRegion(command)));

const manifest: fc.Arbitrary<Command> = fc.record({
  kind: fc.constant('manifest' as const),
  keys: fc.uniqueArray(
    fc.record(setupKey).map((key) => whole<Omit<SetupCommand, 'kind' | 'sourceArns'>>(inOneRegion(key))),
    { minLength: 2, maxLength: 3, selector: ({ secret }) => secret },
  ),
});

const rotate: fc.Arbitrary<Command> = fc.record({
  kind: fc.constant('rotate' as const),
  secret: secretName,
  regions,
  key: fc.oneof(
    { weight: 3, arbitrary: keyName },
    { weight: 2, arbitrary: fc.constantFrom('rollback' as const, 'generate' as const) },
  ),
  role: roleName,
});

const teardown: fc.Arbitrary<Command> = fc
  .record({
    kind: fc.constant('teardown' as const),
    secret: secretName,
    regions,
    policy: policyName,
    role: roleName,
    includeUntagged: rarely(4),
  })
  .map((command) => whole<Extract<Command, { kind: 'teardown' }>>(command));

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 10, arbitrary: setup },
  { weight: 5, arbitrary: teardown },
  { weight: 2, arbitrary: rotate },
  { weight: 1, arbitrary: manifest },
  { weight: 1, arbitrary: fc.constant({ kind: 'export' as const }) },
);

const fault: fc.Arbitrary<Fault> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('stale' as const),
      from: fc.constantFrom(0, 0, 0, 2, 4, 8, 12),
      count: fc.constantFrom(1, 2, 4, 8, 16, 32, 64, 64),
      seconds: fc.constantFrom(1, 3, 8, 20),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'lost-before' as const,
        'lost-after' as const,
        'lost-after' as const,
        'throttle' as const,
        'internal-error' as const,
      ),
      on: fc.constantFrom('write' as const, 'write' as const, 'any' as const),
      at: fc.nat(7),
      times: fc.constantFrom(1, 1, 1, 2, 4),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('kill-before' as const, 'kill-after' as const, 'interrupt' as const),
      on: fc.constantFrom('write' as const, 'write' as const, 'any' as const),
      at: fc.nat(7),
    }),
  },
);

const played: fc.Arbitrary<PlayedCommand> = fc.record({
  command,
  faults: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fault, { minLength: 1, maxLength: 2 }) },
  ),
});

const other: fc.Arbitrary<OtherAct> = fc.oneof(
  fc.record({ other: fc.constantFrom('attach-own' as const, 'detach-own' as const), role: roleName }),
  fc.record({
    other: fc.constant('add-entry' as const),
    policy: policyName,
    secret: fc.constantFrom('c', 'other'),
  }),
  fc.record({ other: fc.constant('move-labels' as const), secret: fc.constantFrom('a', 'b') }),
);

const act: fc.Arbitrary<Act> = fc.record({
  pause: fc.constantFrom(60, 2, 0, 10),
  others: fc.oneof(
    { weight: 6, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(other, { minLength: 1, maxLength: 1 }) },
  ),
  commands: fc.oneof(
    { weight: 5, arbitrary: fc.array(played, { minLength: 1, maxLength: 1 }) },
    { weight: 3, arbitrary: fc.array(played, { minLength: 2, maxLength: 2 }) },
    { weight: 1, arbitrary: fc.array(played, { minLength: 3, maxLength: 3 }) },
  ),
});

const choice = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 7 }) },
  { weight: 1, arbitrary: fc.integer({ min: 8, max: MOST_CHOICE }) },
);

/** All stories. */
export const story: fc.Arbitrary<Story> = fc.record({
  account: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 3, arbitrary: fc.array(thing, { minLength: 1, maxLength: 2 }) },
    { weight: 3, arbitrary: fc.array(thing, { minLength: 3, maxLength: 6 }) },
  ),
  acts: fc.array(act, { minLength: 1, maxLength: 4, size: 'max' }),
  choices: fc.array(choice, { maxLength: 40 }),
  again: fc.constantFrom(false, true, false),
  tearsDown: fc.constantFrom(false, true, false),
  seed: fc.nat(1_000_000),
});
