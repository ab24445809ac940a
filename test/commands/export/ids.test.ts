import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { idOf } from '../../../src/commands/export/ids.ts';
import { keyFileOf } from '../../../src/commands/export/script/keys.ts';
import { scriptMessages } from '../../../src/commands/export/script/messages.ts';
import { buildScript } from '../../../src/commands/export/script/script.ts';
import { FAR_REGION, KEYS, REGION, readAccount } from '../../support/account.ts';
import { runs } from '../../support/exhaustive.ts';
import { freshSandbox } from '../../support/sandbox.ts';
import { type KeyWishes, planOf, templateOf } from './exporting.ts';
import { deploy } from './stack.ts';

const sandbox = freshSandbox();

/** Three secrets, two of which share a name; the third one is called as the second one's ID may be. */
const ALIKE: KeyWishes[] = [
  { region: [REGION], keyEnv: 'K' },
  { region: [FAR_REGION], keyEnv: 'K' },
  { secretName: 'studio-a-in-eu-west1', region: [FAR_REGION], keyEnv: 'K2' },
];

/** Names that differ in what an ID cannot have, and beside each the name that spells its ID, in which words begin with a dash. */
const names = fc
  .uniqueArray(
    fc
      .array(fc.constantFrom('a', 'A', 'b', '1', '-', '/', '.'), { minLength: 1, maxLength: 4 })
      .map((parts) => parts.join('')),
    { minLength: 1, maxLength: 4 },
  )
  .map((some) => [...new Set(some.flatMap((name) => [name, spelled(name), `${spelled(name)}-in-eu-west1`]))]);
const spelled = (name: string) =>
  idOf(name)
    .replace(/(?<=.)(?=[A-Z])/g, '-')
    .toLowerCase();
const REGION_SETS = [[[REGION]], [[REGION, FAR_REGION]], [[REGION], [FAR_REGION, 'eu-west-2']]];
const keys = names
  .chain((each) =>
    fc.tuple(...each.map((name) => fc.tuple(fc.constant(name), fc.constantFrom(...REGION_SETS)))),
  )
  .map((named) =>
    named.flatMap(([secretName, sets]) => sets.map((region): KeyWishes => ({ secretName, region }))),
  );

/** All that has a name in a template: CloudFormation wants each of them once. */
function namesIn({ Parameters, Conditions, Resources, Outputs }: ReturnType<typeof templateOf>): string[] {
  return [Parameters, Conditions, Resources, Outputs].flatMap((section) => Object.keys(section));
}

/** Which parameter takes the key of a secret in a Region, and which resource it is. */
function placesIn(wishes: KeyWishes[]) {
  const { Parameters, Resources } = templateOf(...wishes);
  return { parameters: Object.keys(Parameters).sort(), resources: Object.keys(Resources).sort() };
}

describe('the IDs', () => {
  test('tell all secrets apart, whatever their names look like in one word', () => {
    const { Parameters, Resources } = templateOf(
      ...ALIKE,
      { secretName: 'A.B' },
      { secretName: 'a-b4b861d8b' },
    );
    expect(Object.keys(Parameters)).toHaveLength(6);
    // Two of the five secrets have one name, and are never in one Region.
    expect(Object.values(Resources).filter(({ Type }) => Type.endsWith('::Secret'))).toHaveLength(4);
  });

  test('are there once each, in templates and scripts, for any names', () => {
    fc.assert(
      fc.property(keys, (wishes) => {
        const names = namesIn(templateOf(...wishes));
        expect(new Set(names).size).toBe(names.length);
        const script = buildScript(planOf(...wishes));
        const variables = script.keys.map((key) => keyFileOf(key)?.variable);
        expect(new Set(variables).size).toBe(wishes.length);
        // What is missing gets the same variables a second time, when it is made.
        const [looking = ''] = script.script.split(scriptMessages.makeTitle);
        const assigned = [...looking.matchAll(/^(\w+)=\$(?:key|arn)$/gm)].map(([, variable]) => variable);
        expect(new Set(assigned).size).toBe(assigned.length);
      }),
      { numRuns: runs(40, 2000) },
    );
  });

  test('depend on no other secret and on no order', () => {
    fc.assert(
      fc.property(keys, (wishes) => {
        const before = placesIn(wishes);
        expect(placesIn([...wishes].reverse())).toEqual(before);
        const after = placesIn([{ secretName: 'an-other' }, ...wishes]);
        expect(after.resources).toEqual(expect.arrayContaining(before.resources));
        expect(after.parameters).toEqual(expect.arrayContaining(before.parameters));
      }),
      { numRuns: runs(20, 1000) },
    );
  });
});

describe('two keys of one name, each in a Region of its own', () => {
  const near: KeyWishes = { region: [REGION], tag: ['team=near'] };
  const far: KeyWishes = { region: [FAR_REGION], kmsKeyId: 'alias/far' };

  test('are one resource, so that neither takes the place of the other when it is added', async () => {
    const [alone, together, turned] = [templateOf(near), templateOf(near, far), templateOf(far, near)];
    const secretsIn = ({ Resources }: typeof alone) =>
      Object.keys(Resources).filter((id) => /Secret$/.test(id));
    for (const template of [alone, together, turned]) expect(secretsIn(template)).toEqual(['StudioASecret']);
    expect(Object.keys(alone.Parameters)).toEqual(['HomeRegion', 'StudioAKey']);
    expect(Object.keys(together.Parameters)).toEqual([
      'HomeRegion',
      'StudioAKeyInUsWest2',
      'StudioAKeyInEuWest1',
    ]);
    const given = { StudioAKeyInUsWest2: KEYS.aes256, StudioAKeyInEuWest1: KEYS.other };
    for (const region of [REGION, FAR_REGION]) await deploy(sandbox(), turned, region, given);
    const { secrets } = await readAccount(sandbox());
    expect(secrets.map(({ region, kmsKeyId, values }) => [region, kmsKeyId, values.AWSCURRENT])).toEqual([
      [REGION, undefined, KEYS.aes256],
      [FAR_REGION, expect.stringContaining('alias/far'), KEYS.other],
    ]);
    expect(secrets.map(({ tags }) => tags.team)).toEqual(['near', undefined]);
  });

  test('may be made in different ways', async () => {
    const template = templateOf({ ...near, generate: 'aes128' }, far);
    expect(Object.keys(template.Parameters)).toEqual(['HomeRegion', 'StudioAKeyInEuWest1']);
    for (const region of [REGION, FAR_REGION])
      await deploy(sandbox(), template, region, { StudioAKeyInEuWest1: KEYS.other });
    const { secrets } = await readAccount(sandbox());
    expect(secrets.map(({ values }) => values.AWSCURRENT)).toEqual([
      expect.stringMatching(/^[0-9a-f]{32}$/),
      KEYS.other,
    ]);
  });
});
