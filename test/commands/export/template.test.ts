import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { templateText } from '../../../src/commands/export/cloudformation/run.ts';
import { buildTemplate } from '../../../src/commands/export/cloudformation/template.ts';
import { regionsId } from '../../../src/commands/export/ids.ts';
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
  Array.from({ length: count }, (_, index) => ({ secretName: `feed-${index}`, ...more }));

describe('the template', () => {
  test('derives IDs from names alone, so that a key keeps its IDs when others are added', () => {
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

  test('creates a secret only in its Regions, even if they are more than one condition takes', async () => {
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

  test('has one condition for a set of Regions, whatever their order', () => {
    const { Conditions } = templateOf(
      { region: [REGION, FAR_REGION] },
      { secretName: 'b', region: [FAR_REGION, REGION] },
    );
    expect(Object.keys(Conditions)).toEqual(['IsHomeRegion', 'InEuWest1OrUsWest2']);
    expect(regionsId(REGIONS)).toBe(regionsId([...REGIONS].reverse()));
    expect(regionsId(REGIONS)).not.toBe(regionsId([...REGIONS.slice(1), 'eu-west-3']));
  });

  test('is the same in YAML as in JSON, whatever its texts look like', () => {
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
    ['plain text', 'correct horse battery'],
    ['with quotation marks inside', `"correct" horse 'battery' {x}`],
    ['in braces', '{correct horse battery}'],
    ['in quotation marks', '"correct horse battery"'],
    ['in apostrophes', "'correct horse battery'"],
    ['in backticks', '`correct horse battery`'],
    ['as JSON', '{"key": "correct horse battery"}'],
    ['as a JSON array', '["correct horse battery"]'],
    ['with a space at the end', 'correct horse battery '],
    ['too short', '123456789'],
  ])('accepts the same SRT passwords as setup: %s', (_what, password) => {
    const { AllowedPattern = '' } = templateOf({ keyType: 'srt-password' }).Parameters.StudioAKey ?? {};
    expect(new RegExp(AllowedPattern).test(password)).toBe(
      checkKey(password, { keyType: 'srt-password' }).ok,
    );
  });

  test('keeps its resources when the stack is deleted, but not those of a failed creation', () => {
    for (const resource of Object.values(templateOf({}).Resources))
      expect(resource).toMatchObject({
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
      });
  });

  test('continues in a second policy when the first is full, like setup', () => {
    const { Resources } = templateOf(...many(90));
    expect(Resources.MediaConnectASMRole?.Properties.ManagedPolicyArns).toHaveLength(2);
  });
});

describe('a template that exceeds the limits of CloudFormation or IAM', () => {
  test.each<[string, KeyWishes[], string]>([
    ['too many parameters', many(200, { policyScope: 'account' }), '201 parameters'],
    ['too many outputs', many(199, { policyScope: 'account' }), '201 outputs'],
    ['too many resources', many(499, { policyScope: 'account', generate: 'aes256' }), '501 resources'],
    ['too many policies for a role', many(1000), 'Role MediaConnect-ASM would need 13 policies.'],
    [
      'a trust policy that is too long',
      [
        {
          sourceArn: Array.from(
            { length: 40 },
            (_, at) => `arn:aws:mediaconnect:*:*:flow:${at}-${'x'.repeat(40)}`,
          ),
        },
      ],
      'The trust policy of role MediaConnect-ASM would have',
    ],
    ...Object.entries({
      roleDescription: '{{resolve:ssm:/prod/description}}',
      sourceArn: ['arn:aws:mediaconnect:*:*:flow:{{resolve:ssm:flow}}'],
      permissionsBoundary: `arn:aws:iam::${ACCOUNT}:policy/{{resolve:ssm:boundary}}`,
    }).map(([option, value]): [string, KeyWishes[], string] => [
      `a text that CloudFormation would resolve: ${option}`,
      [{ [option]: value }],
      `--${option.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`)}`,
    ]),
    ['Regions of two partitions', [{ region: [REGION, 'cn-north-1'] }], 'different AWS partitions'],
  ])('is refused: %s', (_what, keys, sentence) => {
    expect(() => templateOf(...keys)).toThrow(sentence);
  });

  test('is refused: more than a megabyte', () => {
    const template = { Description: 'x'.repeat(1_048_576) };
    expect(() => templateText(template, 'json')).toThrow(
      '1048600 bytes. CloudFormation allows 1048576 in S3.',
    );
  });
});
