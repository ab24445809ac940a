import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { templateText } from '../../../src/commands/export/cloudformation/run.ts';
import { buildTemplate } from '../../../src/commands/export/cloudformation/template.ts';
import { inRegions } from '../../../src/commands/export/ids.ts';
import { checkKey } from '../../../src/key/check.ts';
import { startSandbox } from '../../../src/sandbox/index.ts';
import { ACCOUNT, FAR_REGION, KEYS, REGION } from '../../support/account.ts';
import { type KeyWishes, planOf, templateOf } from './exporting.ts';
import { deploy } from './stack.ts';

const REGIONS = [
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
  'ap-south-1',
  'ap-northeast-1',
  'ap-northeast-2',
  'ca-central-1',
  'eu-central-1',
  'eu-west-1',
  'eu-west-2',
  'eu-north-1',
  'sa-east-1',
];
const many = (count: number, more: KeyWishes = {}) =>
  Array.from({ length: count }, (_, at) => ({ secretName: `feed-${at}`, ...more }));

describe('the template', () => {
  test('names things by their names alone, so that a key keeps its IDs when others come', () => {
    const names = [
      'studio-a',
      'studio_a',
      'studio/a',
      'StudioA',
      'Studio-A',
      'studio-A',
      'media-connect-asm',
      '1',
      '_',
    ];
    const each = names.map((secretName) => Object.keys(templateOf({ secretName }).Resources)[0] ?? '');
    expect(each[0]).toBe('StudioASecret');
    expect(new Set(each).size).toBe(names.length);
    for (const id of each) expect(id).toMatch(/^[A-Za-z][A-Za-z0-9]{0,254}$/);
    const together = templateOf(...names.map((secretName) => ({ secretName })).reverse());
    expect(Object.keys(together.Resources).slice(0, names.length).reverse()).toEqual(each);
    expect(Object.keys(templateOf({ secretName: 'a/'.repeat(256) }).Resources)[0]?.length).toBeLessThan(255);
  });

  test('makes a secret in each of more Regions than a condition takes, and in no other', async () => {
    const sandbox = await startSandbox();
    try {
      const [elsewhere = '', ...wanted] = REGIONS;
      const template = templateOf({ region: wanted });
      const made = (region: string) => deploy(sandbox, template, region, { StudioAKey: KEYS.aes256 });
      for (const region of [wanted[0], wanted.at(-1)])
        expect(Object.keys(await made(region ?? ''))).toContain('StudioASecretArn');
      expect(await made(elsewhere)).toEqual({});
    } finally {
      await sandbox.close();
    }
  });

  test('gives a set of Regions one condition, in whatever order they are given', () => {
    const { Conditions } = templateOf(
      { region: [REGION, FAR_REGION] },
      { secretName: 'b', region: [FAR_REGION, REGION] },
    );
    expect(Object.keys(Conditions)).toEqual(['IsHomeRegion', 'InEuWest1OrUsWest2']);
    expect(inRegions(REGIONS)).toBe(inRegions([...REGIONS].reverse()));
    expect(inRegions(REGIONS)).not.toBe(inRegions([...REGIONS.slice(1), 'eu-west-3']));
  });

  test('says the same in YAML as in JSON, whatever the texts look like', () => {
    const values = [
      'yes',
      'on',
      'null',
      '=',
      '012',
      '1e3',
      '0x1f',
      '2018-12-01',
      '12:30:45',
      '- a',
      'a: b',
      '\u2028',
      ' a ',
    ];
    const plan = planOf({
      roleDescription: 'one\ttab\nand "two" lines: #3\n',
      tag: values.map((value, at) => `t${at}=${value}`),
    });
    const { template } = buildTemplate(plan, REGION);
    const yaml = templateText(template, 'yaml');
    expect(parse(yaml, { version: '1.1' })).toEqual(template);
    expect(parse(yaml, { version: '1.2' })).toEqual(template);
    expect(JSON.parse(templateText(template, 'json'))).toEqual(template);
  });

  test.each([
    ['a plain one', 'correct horse battery'],
    ['one with quotation marks in it', `"correct" horse 'battery' {x}`],
    ['one in braces', '{correct horse battery}'],
    ['one in quotation marks', '"correct horse battery"'],
    ['one in apostrophes', "'correct horse battery'"],
    ['one in backticks', '`correct horse battery`'],
    ['one as JSON', '{"key": "correct horse battery"}'],
    ['one as a list in JSON', '["correct horse battery"]'],
    ['one with a space at its end', 'correct horse battery '],
    ['too short a one', '123456789'],
  ])('takes the SRT passwords that setup takes: %s', (_what, password) => {
    const { AllowedPattern = '' } = templateOf({ keyType: 'srt-password' }).Parameters.StudioAKey ?? {};
    expect(new RegExp(AllowedPattern).test(password)).toBe(
      checkKey(password, { keyType: 'srt-password' }).ok,
    );
  });

  test('keeps what it made when the stack goes, but not what a failed first try made', () => {
    for (const resource of Object.values(templateOf({}).Resources))
      expect(resource).toMatchObject({
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
      });
  });

  test('goes on in a second policy when the first is full, as setup does', () => {
    const { Resources } = templateOf(...many(90));
    expect(Resources.MediaConnectASMRole?.Properties.ManagedPolicyArns).toHaveLength(2);
  });
});

describe('more than CloudFormation or IAM take', () => {
  test.each<[string, KeyWishes[], string]>([
    ['too many parameters', many(200, { policyScope: 'account' }), '201 parameters'],
    ['too many outputs', many(199, { policyScope: 'account' }), '201 outputs'],
    ['too many resources', many(499, { policyScope: 'account', generate: 'aes256' }), '501 resources'],
    ['too many policies for a role', many(1000), 'The role MediaConnect-ASM would need 13 policies'],
    [
      'too long a trust policy',
      [
        {
          sourceArn: Array.from(
            { length: 40 },
            (_, at) => `arn:aws:mediaconnect:*:*:flow:${at}-${'x'.repeat(40)}`,
          ),
        },
      ],
      'The trust policy of MediaConnect-ASM would have',
    ],
    ...Object.entries({
      roleDescription: '{{resolve:ssm:/prod/description}}',
      sourceArn: ['arn:aws:mediaconnect:*:*:flow:{{resolve:ssm:flow}}'],
      permissionsBoundary: `arn:aws:iam::${ACCOUNT}:policy/{{resolve:ssm:boundary}}`,
    }).map(([option, value]): [string, KeyWishes[], string] => [
      `a text that CloudFormation would look up: ${option}`,
      [{ [option]: value }],
      `--${option.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`)}`,
    ]),
    ['Regions of two partitions', [{ region: [REGION, 'cn-north-1'] }], 'different partitions'],
  ])('is refused: %s', (_what, keys, sentence) => {
    expect(() => templateOf(...keys)).toThrow(sentence);
  });

  test('is refused: a template of more than a megabyte', () => {
    const template = { Description: 'x'.repeat(1_048_576) };
    expect(() => templateText(template, 'json')).toThrow('by way of S3');
  });
});
