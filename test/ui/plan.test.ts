import { describe, expect, test } from 'vitest';
import type { Change } from '../../src/plan-types.ts';
import { showPlan } from '../../src/ui/plan.ts';
import { plainOutput } from '../support/plain-output.ts';

const ARN = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:studio-a-7g8H9i';

const secret = (name: string, region: string, more: Partial<Change> = {}): Change => ({
  ...{ action: 'create', resource: 'secret', name, region, reason: 'AES-128 key' },
  ...more,
});
const POLICY: Change = { action: 'create', resource: 'policy', name: 'Read', reason: 'read access' };
const ATTACH: Change = {
  action: 'attach',
  resource: 'policy',
  name: 'Read',
  reason: 'to role MediaConnect-ASM',
};

function shownPlan(
  changes: Change[],
  {
    columns,
    unfolded,
    note,
    warnings = [],
  }: { columns?: number; unfolded?: boolean; note?: string; warnings?: string[] } = {},
): string[] {
  const output = plainOutput({ columns });
  showPlan(output, { changes, warnings }, 'Plan for account 111122223333', { unfolded, note });
  return output.messages();
}

describe('the plan', () => {
  test('has columns, a reason below, and totals', () => {
    expect(shownPlan([secret('studio-a', 'us-west-2'), POLICY, ATTACH], { note: 'SANDBOX' })).toEqual([
      `Plan for account 111122223333${' '.repeat(44)}SANDBOX`,
      '',
      '  + create  secret  studio-a  us-west-2',
      '                    AES-128 key',
      '  + create  policy  Read',
      '                    read access',
      '  + attach  policy  Read to role MediaConnect-ASM',
      '',
      '  Plan: 3 to add, 0 to change, 0 to delete.',
      '',
    ]);
  });

  test('aligns the Regions, and gives the reason of successive secrets once', () => {
    const lines = shownPlan([secret('studio-a', 'us-west-2'), secret('live/studio-b', 'eu-west-1')]);
    expect(lines.slice(2, 6)).toEqual([
      '  + create  secret  studio-a       us-west-2',
      '  + create  secret  live/studio-b  eu-west-1',
      '                    AES-128 key',
      '',
    ]);
  });

  test('shows what a change adds to a document, and what stays', () => {
    const difference: Change['difference'] = {
      title: 'Resource',
      lines: [
        { mark: '=', text: ARN },
        { mark: '+', text: ARN.replace('studio-a-7g8H9i', `${'long/'.repeat(9)}studio-b-??????`) },
      ],
    };
    const [, , ...lines] = shownPlan([{ ...POLICY, action: 'update', difference }]);
    expect(lines).toEqual([
      '  ~ change  policy  Read',
      '                    read access',
      '    Resource',
      `    = ${ARN}`,
      // Longer than the terminal, but a break would leave the mark alone.
      expect.stringMatching(/^ {4}\+ arn:\S+\?$/),
      '',
      '  Plan: 0 to add, 1 to change, 0 to delete.',
      '',
    ]);
  });

  test('counts what is deleted, detached and scheduled for deletion', () => {
    const lines = shownPlan([
      secret('studio-a', 'us-west-2', { action: 'schedule' }),
      { ...ATTACH, action: 'detach', reason: 'from role MediaConnect-ASM' },
      { ...POLICY, action: 'delete' },
    ]);
    expect(lines).toContain('  Plan: 0 to add, 0 to change, 3 to delete.');
    expect(lines).toContain('  - schedule deletion  secret  studio-a  us-west-2');
  });

  test('has no totals if everything is kept', () => {
    expect(shownPlan([{ ...POLICY, action: 'keep' }]).join('\n')).not.toContain('Plan:');
  });

  test('folds many secrets into one line, and shows each of them on request', () => {
    const changes = Array.from({ length: 25 }, (_, index) => secret(`live/feed-${index + 1}`, 'us-west-2'));
    expect(shownPlan(changes).slice(2, 4)).toEqual([
      '  + create  25 secrets  live/feed-1 … live/feed-25  us-west-2',
      '                        AES-128 key',
    ]);
    expect(shownPlan(changes)).toContain('  Plan: 25 to add, 0 to change, 0 to delete.');
    expect(shownPlan(changes, { unfolded: true }).filter((line) => line.includes('+ create'))).toHaveLength(
      25,
    );
  });

  test('has a value a line in a narrow terminal', () => {
    expect(shownPlan([secret('studio-a', 'us-west-2'), ATTACH], { columns: 40 }).slice(2)).toEqual([
      '+ create secret',
      '  studio-a',
      '  us-west-2',
      '  AES-128 key',
      '+ attach policy',
      '  Read',
      '  to role MediaConnect-ASM',
      '',
      '2 to add, 0 to change, 0 to delete.',
      '',
    ]);
  });
});
