import { describe, expect, test } from 'vitest';
import { type SetupSummary, showSummary } from '../../src/cli/summary.ts';
import { readAnswers, type SetupOptions } from '../../src/options/setup-request.ts';
import type { EncryptionSettings, OutcomeAction } from '../../src/plan-types.ts';
import { plainOutput } from '../support/plain-output.ts';
import { wordsOf } from '../support/printed.ts';

const ROLE = 'arn:aws:iam::111122223333:role/MediaConnect-ASM';
const arnIn = (region: string) => `arn:aws:secretsmanager:${region}:111122223333:secret:studio-a-7g8H9i`;

/** Returns the lines that a terminal shows. */
function linesOf(
  given: Partial<SetupSummary>,
  options: SetupOptions,
  terminal: Parameters<typeof plainOutput>[0] = {},
): string[] {
  const { answers } = readAnswers({ secretName: 'studio-a', region: ['us-west-2'], ...options });
  const output = plainOutput(terminal);
  const action: OutcomeAction = 'created';
  showSummary(output, {
    outcomes: {
      secrets: answers.regions.map((region) => ({
        ...{ region, name: 'studio-a', arn: arnIn(region), versionId: 'v', action },
      })),
      policies: [{ name: 'P', arn: 'arn:aws:iam::111122223333:policy/P', versionId: 'v1', action }],
      role: { name: 'MediaConnect-ASM', arn: ROLE, action },
    },
    encryption: answers.regions.map(
      (region): EncryptionSettings => ({
        ...{ region, keyType: 'static-key', algorithm: 'aes256', roleArn: ROLE, secretArn: arnIn(region) },
      }),
    ),
    generated: false,
    sandbox: false,
    hasUndecidedChecks: false,
    outdated: [],
    answers,
    interactive: true,
    ...given,
  });
  return output.results();
}

describe('the summary of setup', () => {
  test.each([
    ['of a key that was typed', {}, {}],
    ['of a generated key', { generated: true }, { generate: 'aes256' }],
    ['of a key file, with other names', {}, { keyFile: 'keys/studio-a.key', roleName: 'MediaConnect-Keys' }],
    ['in the sandbox', { sandbox: true }, {}],
  ])('leaves room for the last question on 80x24 below both ARNs: %s', (_what, given, options) => {
    const lines = linesOf(given, options);
    // The question has 6 lines. The title may scroll away, but not the first ARN, in line 4.
    expect(lines.length, lines.join('\n')).toBeLessThanOrEqual(24 - 6 + 3);
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  test('shows each ARN alone on its line, under its label', () => {
    const lines = linesOf({}, { region: ['us-west-2', 'eu-west-1'] });
    expect(lines.slice(0, 8)).toEqual([
      expect.stringMatching(/^✔ Setup complete\. MediaConnect can read the key\. +4 created, 0 changed$/),
      '',
      '  Secret ARN (us-west-2)',
      `  ${arnIn('us-west-2')}`,
      '  Secret ARN (eu-west-1)',
      `  ${arnIn('eu-west-1')}`,
      '  Role ARN',
      `  ${ROLE}`,
    ]);
  });

  test('says where the ARNs go, and names the other end and iam:PassRole', () => {
    expect(linesOf({}, {}).slice(6)).toEqual([
      '',
      'Next steps',
      '  1  In the MediaConnect console, enter both ARNs in your flow:',
      '       Source                  Decryption: type Static key, AES-256',
      '       Output or entitlement   Encryption: type Static key, AES-256',
      '       Router                  Transit encryption, at both ends',
      '  2  Set the same key at the other end of the stream.',
      '  3  Editing flows requires iam:PassRole: mc-static-key permissions create-flow',
      'Check it any time   mc-static-key verify --secret-name studio-a \\',
      '                      --region us-west-2',
      'Without questions   mc-static-key setup --secret-name studio-a \\',
      '                      --region us-west-2 --key-file KEY-FILE --yes',
    ]);
  });

  test('ends with the command that gives the same answers, without the key', () => {
    const options: SetupOptions = {
      region: ['us-west-2', 'eu-west-1'],
      generate: 'aes192',
      policyName: 'ReadKeys',
      policyScope: 'prefix',
      policyPrefix: 'studio-',
      tag: ['team=live sports', 'stage=prod'],
      existingKey: 'replace',
      sourceAccount: false,
      updateTrust: true,
      show: 'cli',
    };
    const lines = linesOf({}, options);
    const start = lines.findIndex((line) => line.startsWith('Without questions'));
    const command = lines.slice(start).join('\n').replace('Without questions', '').replaceAll('\\\n', ' ');
    expect(wordsOf(command.trim())).toEqual(
      [
        [
          'mc-static-key',
          'setup',
          '--secret-name',
          'studio-a',
          '--region',
          'us-west-2',
          '--region',
          'eu-west-1',
        ],
        ['--generate', 'aes192', '--policy-name', 'ReadKeys'],
        ['--policy-scope', 'prefix', '--policy-prefix', 'studio-', '--no-source-account'],
        ['--tag', 'team=live sports', '--tag', 'stage=prod'],
        ['--existing-key', 'replace', '--update-trust', '--yes'],
      ].flat(),
    );
  });

  test('names no Region in the command to check if it is the configured one', () => {
    const lines = linesOf({ configuredRegion: 'us-west-2', interactive: false }, {});
    expect(lines.at(-1)).toBe('Check it any time   mc-static-key verify --secret-name studio-a');
  });

  test('leads from the sandbox to the real account, without a command for what no longer exists', () => {
    const lines = linesOf({ sandbox: true }, {});
    expect(lines[0]).toBe('✔ Setup complete (sandbox). Nothing was created in AWS.');
    expect(lines.slice(7)).toEqual([
      'Next steps',
      '  For real          mc-static-key setup',
      '  Try more          mc-static-key sandbox',
      '  With your flags   mc-static-key setup --secret-name studio-a \\',
      '                      --region us-west-2 --key-file KEY-FILE',
    ]);
  });

  test('is the ARNs alone with --quiet', () => {
    expect(linesOf({}, {}, { quiet: true })).toEqual([arnIn('us-west-2'), ROLE]);
  });

  test('keeps ARNs whole in a narrow terminal', () => {
    const lines = linesOf({}, {}, { columns: 40 });
    expect(lines).toContain(`  ${arnIn('us-west-2')}`);
    expect(lines).toContain(`  ${ROLE}`);
  });
});
