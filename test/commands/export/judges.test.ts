import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TemplateFormat, templateText } from '../../../src/commands/export/cloudformation/run.ts';
import { buildTemplate } from '../../../src/commands/export/cloudformation/template.ts';
import { accountOf } from '../../../src/commands/export/run.ts';
import { buildScript } from '../../../src/commands/export/script/script.ts';
import { ACCOUNT, FAR_REGION, policyArn, REGION } from '../../support/account.ts';
import { partOf } from '../../support/exhaustive.ts';
import { runCommand } from '../../support/runs/run.ts';
import { type KeyWishes, planOf } from './exporting.ts';

const run = promisify(execFile);
const has = (command: string) => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
const hasLinter = has('cfn-lint');
const hasShellCheck = has('shellcheck');

/** Keys that together use every kind of option. */
const EVERYTHING: KeyWishes[] = [
  {
    region: [REGION, FAR_REGION],
    kmsKeyId: `arn:aws:kms:${REGION}:${ACCOUNT}:key/mrk-1234abcd12ab34cd56ef1234567890ab`,
    permissionsBoundary: policyArn('Boundary'),
    sourceArn: ['arn:aws:mediaconnect:*:*:flow:*'],
    tag: ['team=playout', 'on=yes', 'sign=='],
  },
  { secretName: 'a', region: [REGION], keyEnv: 'K' },
  { secretName: 'a', region: [FAR_REGION], keyEnv: 'L' },
  { secretName: 'studio/b', region: [REGION], generate: 'aes256', kmsKeyId: 'alias/video-keys' },
  { secretName: 'studio/b', region: [FAR_REGION] },
  {
    secretName: 'srt',
    region: [FAR_REGION],
    keyType: 'srt-password',
    policyName: 'Other',
    roleName: 'MediaConnect-O',
  },
];

/** Templates that together have everything that a template can have. */
const TEMPLATES: [file: string, ...keys: KeyWishes[]][] = [
  ['everything.yaml', ...EVERYTHING],
  [
    'everywhere.json',
    {
      region: [
        'us-east-1',
        'us-east-2',
        'us-west-1',
        'us-west-2',
        'eu-west-1',
        'eu-west-2',
        'eu-west-3',
        'eu-central-1',
        'eu-north-1',
        'sa-east-1',
        'ca-central-1',
      ],
    },
  ],
  [
    'full.yaml',
    ...Array.from({ length: 198 }, (_, index) => ({ secretName: `feed/${index}`, policyScope: 'region' })),
  ],
  [
    'china.yaml',
    { region: ['cn-north-1', 'cn-northwest-1'], kmsKeyId: '1234abcd-12ab-34cd-56ef-1234567890ab' },
  ],
];

/** The linter takes seconds for a large template. The first one uses every kind of option. */
const WRITTEN = partOf(TEMPLATES, TEMPLATES.length);

describe('cfn-lint', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mc-static-key-templates-'));
    for (const [file, ...keys] of WRITTEN) {
      const plan = planOf(...keys);
      const { template } = buildTemplate(plan, plan.regions[0] ?? '', accountOf(plan, undefined));
      const format: TemplateFormat = file.endsWith('.json') ? 'json' : 'yaml';
      await writeFile(join(folder, file), templateText(template, format));
    }
  });
  afterAll(() => rm(folder, { recursive: true }));

  test.skipIf(!hasLinter)('reports nothing about the templates (skipped without cfn-lint)', async () => {
    const files = WRITTEN.map(([file]) => join(folder, file));
    const { stdout } = await run('cfn-lint', ['--non-zero-exit-code', 'none', '--', ...files]);
    expect(stdout).toBe('');
  });
});

describe('shellcheck', () => {
  const SCRIPTS: [what: string, ...keys: KeyWishes[]][] = [
    ['for all kinds of keys', ...EVERYTHING],
    ['that reads a file and a variable', { keyFile: `it's a` }, { secretName: 'b', keyEnv: 'STUDIO_KEY' }],
    ['for existing secrets', { secretName: '-rf', existing: true, roleName: '-r', policyName: '-p' }],
  ];

  test.skipIf(!hasShellCheck).each(SCRIPTS)(
    'reports nothing about a script %s (skipped without shellcheck)',
    async (_what, ...keys) => {
      const { script } = buildScript(planOf(...keys));
      expect(await runCommand('shellcheck', ['-'], { stdin: script })).toMatchObject({ code: 0, stdout: '' });
    },
  );
});
