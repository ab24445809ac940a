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

/** Three secrets: two share a name, and the name of the third could be the ID of the second. */
const ALIKE: KeyWishes[] = [
  { region: [REGION], keyEnv: 'K' },
  { region: [FAR_REGION], keyEnv: 'K' },
  { secretName: 'studio-a-in-eu-west1', region: [FAR_REGION], keyEnv: 'K2' },
];

/** Names that differ only in characters that an ID cannot have, each with names that spell out its ID. */
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

/** Returns all names in a template. CloudFormation requires them to be unique. */
function namesIn({ Parameters, Conditions, Resources, Outputs }: ReturnType<typeof templateOf>): string[] {
  return [Parameters, Conditions, Resources, Outputs].flatMap((section) => Object.keys(section));
}

/** Returns the names of the parameters and resources for these keys. */
function placesIn(wishes: KeyWishes[]) {
  const { Parameters, Resources } = templateOf(...wishes);
  return { parameters: Object.keys(Parameters).sort(), resources: Object.keys(Resources).sort() };
}

describe('the IDs in a template', () => {
  test('are different for all secrets, even if their names differ only in punctuation', () => {
    const { Parameters, Resources } = templateOf(
      ...ALIKE,
      { secretName: 'A.B' },
      { secretName: 'a-b4b861d8b' },
    );
    expect(Object.keys(Parameters)).toHaveLength(6);
    // Two of the five secrets have one name, and are never in one Region.
    expect(Object.values(Resources).filter(({ Type }) => Type.endsWith('::Secret'))).toHaveLength(4);
  });

  test('are unique in templates and scripts for any names', () => {
    fc.assert(
      fc.property(keys, (wishes) => {
        const names = namesIn(templateOf(...wishes));
        expect(new Set(names).size).toBe(names.length);
        const script = buildScript(planOf(...wishes));
        const variables = script.keys.map((key) => keyFileOf(key)?.variable);
        expect(new Set(variables).size).toBe(wishes.length);
        // Missing resources are assigned to the same variables again when they are created.
        const [looking = ''] = script.script.split(scriptMessages.createAllTitle);
        const assigned = [...looking.matchAll(/^(\w+)=\$(?:key|arn)$/gm)].map(([, variable]) => variable);
        expect(new Set(assigned).size).toBe(assigned.length);
      }),
      { numRuns: runs(40, 2000) },
    );
  });

  test('do not depend on other secrets or on the order', () => {
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

describe('two keys of one name in different Regions', () => {
  const near: KeyWishes = { region: [REGION], tag: ['team=near'] };
  const far: KeyWishes = { region: [FAR_REGION], kmsKeyId: 'alias/far' };

  test('are one resource, so that adding one does not replace the other', async () => {
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

  test('can get their values in different ways', async () => {
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
