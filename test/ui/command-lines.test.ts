import { describe, expect, test } from 'vitest';
import { commandLines } from '../../src/ui/commands.ts';
import { wordsOf } from '../support/printed.ts';

const LONG = `  aws mediaconnect update-flow-source --region us-west-2 --flow-arn ARN --decryption '{"a b":"it'\\''s --not an option"}'`;

describe('a printed command', () => {
  test('stays on one line if it fits', () => {
    expect(commandLines('  mc-static-key setup --yes', 80)).toEqual(['  mc-static-key setup --yes']);
  });

  test('is broken before options, so that it means the same to a shell', () => {
    const lines = commandLines(LONG, 60);
    expect(lines).toEqual([
      '  aws mediaconnect update-flow-source --region us-west-2 \\',
      '    --flow-arn ARN \\',
      `    --decryption '{"a b":"it'\\''s --not an option"}'`,
    ]);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
    expect(wordsOf(lines.join('\n').replaceAll('\\\n', ' '))).toEqual(wordsOf(LONG));
  });

  test('keeps a longer option whole', () => {
    const lines = commandLines(`mc-static-key verify --secret-arn ${'a'.repeat(50)}`, 40);
    expect(lines).toEqual(['mc-static-key verify \\', `  --secret-arn ${'a'.repeat(50)}`]);
  });
});
