import type { Story } from './story.ts';

/** Stories that have found a fault once, each made as small as it goes. */
export const FOUND: readonly {
  readonly title: string;
  readonly story: Story;
}[] = [
  {
    title: "a secret under another account's KMS key makes no endless row of policy versions",
    story: {
      account: [
        { thing: 'policy', name: 'P', document: 'read', secrets: [], versions: 1, own: false },
        {
          thing: 'policy',
          name: 'P',
          path: '/team/',
          document: 'read',
          secrets: [],
          versions: 1,
          own: false,
          stack: true,
        },
        { thing: 'secret', name: 'a', region: 'us-west-2', value: 'k1', own: false, stack: true },
      ],
      acts: [
        {
          pause: 60,
          others: [],
          commands: [
            {
              command: {
                kind: 'setup',
                secret: 'a',
                regions: ['us-west-2'],
                key: 'k1',
                policy: 'P',
                scope: 'secrets',
                role: 'R',
              },
              faults: [],
            },
            {
              command: {
                kind: 'setup',
                secret: 'b',
                regions: ['us-west-2'],
                key: 'k1',
                policy: 'P',
                scope: 'secrets',
                role: 'R',
                existingKey: 'keep',
                kms: 'foreign',
              },
              faults: [],
            },
            {
              command: {
                kind: 'setup',
                secret: 'a',
                regions: ['us-west-2'],
                key: 'k1',
                policy: 'P',
                scope: 'secrets',
                role: 'R',
                existingKey: 'keep',
              },
              faults: [],
            },
          ],
        },
      ],
      choices: [],
      again: false,
      tearsDown: false,
      seed: 0,
    },
  },
  {
    title: 'a policy that is wider than asked is not attached because its name is like the one asked for',
    story: {
      account: [
        { thing: 'policy', name: 'P-2', document: 'read', secrets: [], versions: 1, own: false, stack: true },
      ],
      acts: [
        {
          pause: 60,
          others: [{ other: 'move-labels', secret: 'a' }],
          commands: [
            {
              command: {
                kind: 'manifest',
                keys: [
                  {
                    secret: 'a',
                    regions: ['us-west-2'],
                    key: 'k1',
                    policy: 'P',
                    scope: 'secrets',
                    role: 'R',
                    existingKey: 'keep',
                    restore: true,
                    kms: 'foreign-alias',
                  },
                  {
                    secret: 'long1',
                    regions: ['us-west-2'],
                    key: 'k1',
                    policy: 'P',
                    scope: 'secrets',
                    role: 'R',
                    restore: true,
                  },
                ],
              },
              faults: [{ kind: 'stale', from: 0, count: 1, seconds: 1 }],
            },
            {
              command: {
                kind: 'setup',
                secret: 'a',
                regions: ['us-west-2'],
                key: 'generate',
                policy: 'P',
                scope: 'secrets',
                role: 'R',
                restore: true,
              },
              faults: [],
            },
          ],
        },
      ],
      choices: [],
      again: false,
      tearsDown: false,
      seed: 0,
    },
  },
  {
    title: "an alias of another account's KMS key gives no right to the account's own keys",
    story: {
      account: [{ thing: 'role', name: 'R', trust: 'own-form', attached: [], own: false }],
      acts: [
        {
          pause: 60,
          others: [],
          commands: [
            {
              command: {
                kind: 'setup',
                secret: 'a',
                regions: ['us-west-2'],
                key: 'k1',
                policy: 'P',
                scope: 'secrets',
                role: 'R',
                kms: 'foreign-alias',
              },
              faults: [{ kind: 'stale', from: 0, count: 1, seconds: 1 }],
            },
          ],
        },
      ],
      choices: [],
      again: false,
      tearsDown: false,
      seed: 0,
    },
  },
  {
    title: 'a trust policy that is too long is known before the first change',
    story: {
      account: [{ thing: 'policy', name: 'P', document: 'read', secrets: [], versions: 1, own: false }],
      acts: [
        {
          pause: 60,
          others: [],
          commands: [
            {
              command: {
                kind: 'setup',
                secret: 'a',
                regions: ['us-west-2'],
                key: 'k1',
                policy: 'P',
                scope: 'secrets',
                role: 'R',
                existingKey: 'keep',
                sourceArns: 25,
              },
              faults: [],
            },
          ],
        },
      ],
      choices: [],
      again: false,
      tearsDown: false,
      seed: 0,
    },
  },
  {
    title: 'what one of two runs adds to a policy is not lost where IAM shows the other one an old state',
    story: {
      account: [],
      acts: [
        {
          pause: 60,
          others: [],
          commands: [
            {
              command: { kind: 'teardown', secret: 'a', regions: ['eu-west-1'], policy: 'P', role: 'R' },
              faults: [{ kind: 'stale', from: 0, count: 1, seconds: 1 }],
            },
            {
              command: {
                kind: 'setup',
                secret: 'a',
                regions: ['us-west-2'],
                key: 'generate',
                policy: 'P',
                scope: 'secrets',
                role: 'R',
              },
              faults: [{ kind: 'lost-before', on: 'write', at: 0, times: 1 }],
            },
          ],
        },
        {
          pause: 0,
          others: [],
          commands: [
            {
              command: {
                kind: 'setup',
                secret: 'a',
                regions: ['eu-west-1'],
                key: 'k1',
                policy: 'P',
                scope: 'secrets',
                role: 'R',
                existingKey: 'keep',
                restore: true,
              },
              faults: [{ kind: 'stale', from: 0, count: 64, seconds: 1 }],
            },
            {
              command: {
                kind: 'setup',
                secret: 'long1',
                regions: ['us-west-2'],
                key: 'k1',
                policy: 'P',
                scope: 'secrets',
                role: 'R',
                updateTrust: true,
              },
              faults: [],
            },
          ],
        },
      ],
      choices: [],
      again: false,
      tearsDown: false,
      seed: 0,
    },
  },
  {
    title: 'what a run adds is not lost where another one sees old states and loses an answer',
    story: {
      account: [{ thing: 'secret', name: 'a', region: 'us-west-2', value: 'k1', own: false }],
      acts: [
        {
          pause: 60,
          others: [{ other: 'add-entry', policy: 'P', secret: 'c' }],
          commands: [
            {
              command: {
                kind: 'setup',
                secret: 'a',
                regions: ['us-west-2'],
                key: 'k1',
                policy: 'P',
                scope: 'secrets',
                role: 'R',
                restore: true,
              },
              faults: [],
            },
            {
              command: {
                kind: 'setup',
                secret: 'a',
                regions: ['eu-west-1'],
                key: 'k1',
                policy: 'P',
                scope: 'account',
                role: 'R',
                updateTrust: true,
              },
              faults: [],
            },
            {
              command: {
                kind: 'setup',
                secret: 'long1',
                regions: ['us-west-2', 'eu-west-1'],
                key: 'k1',
                policy: 'P',
                scope: 'secrets',
                role: 'R',
                existingKey: 'keep',
              },
              faults: [
                { kind: 'stale', from: 0, count: 32, seconds: 1 },
                { kind: 'lost-after', on: 'write', at: 4, times: 1 },
              ],
            },
          ],
        },
      ],
      choices: [],
      again: false,
      tearsDown: false,
      seed: 91794,
    },
  },
  {
    title: 'a role is not deleted with a key while another one is set up for it',
    story: {
      account: [{ thing: 'secret', name: 'a', region: 'us-west-2', value: 'k1', kms: 'own', own: false }],
      acts: [
        {
          pause: 60,
          others: [],
          commands: [
            {
              command: {
                kind: 'setup',
                secret: 'b',
                regions: ['us-west-2'],
                key: 'k1',
                policy: 'P',
                scope: 'secrets',
                role: 'R',
              },
              faults: [],
            },
          ],
        },
        {
          pause: 60,
          others: [],
          commands: [
            {
              command: {
                kind: 'teardown',
                secret: 'b',
                regions: ['us-west-2'],
                policy: 'P',
                role: 'R',
                includeUntagged: true,
              },
              faults: [{ kind: 'stale', from: 0, count: 32, seconds: 1 }],
            },
            {
              command: {
                kind: 'setup',
                secret: 'a',
                regions: ['us-west-2'],
                key: 'generate',
                policy: 'P',
                scope: 'secrets',
                role: 'R',
              },
              faults: [],
            },
            {
              command: {
                kind: 'setup',
                secret: 'a',
                regions: ['us-west-2'],
                key: 'k1',
                policy: 'P',
                scope: 'secrets',
                role: 'R',
                existingKey: 'keep',
                updateTrust: true,
                kms: 'own',
              },
              faults: [],
            },
          ],
        },
        {
          pause: 60,
          others: [],
          commands: [
            {
              command: { kind: 'teardown', secret: 'a', regions: ['us-west-2'], policy: 'P', role: 'R' },
              faults: [],
            },
          ],
        },
      ],
      choices: [],
      again: false,
      tearsDown: false,
      seed: 0,
    },
  },
  {
    title: 'no policy is made again because IAM does not show yet that it was made',
    story: {
      account: [
        { thing: 'policy', name: 'P', document: 'full', secrets: ['a', 'a'], versions: 1, own: false },
        { thing: 'role', name: 'R', trust: 'own-form', attached: [], own: false },
      ],
      acts: [
        {
          pause: 60,
          others: [],
          commands: [
            {
              command: {
                kind: 'setup',
                secret: 'long2',
                regions: ['us-west-2', 'eu-west-1'],
                key: 'k1',
                policy: 'P',
                scope: 'secrets',
                role: 'R',
              },
              faults: [{ kind: 'stale', from: 0, count: 64, seconds: 1 }],
            },
          ],
        },
      ],
      choices: [],
      again: false,
      tearsDown: false,
      seed: 0,
    },
  },
  {
    title: 'teardown does not put back what it takes out of a policy',
    story: {
      account: [
        { thing: 'policy', name: 'P-2', document: 'read', secrets: [], versions: 1, own: false },
        { thing: 'secret', name: 'a', region: 'us-west-2', value: 'k1', own: false },
      ],
      acts: [
        {
          pause: 60,
          others: [],
          commands: [
            { command: { kind: 'export' }, faults: [] },
            {
              command: {
                kind: 'setup',
                secret: 'a',
                regions: ['us-west-2'],
                key: 'k1',
                policy: 'P',
                scope: 'secrets',
                role: 'R',
              },
              faults: [],
            },
            {
              command: {
                kind: 'setup',
                secret: 'b',
                regions: ['us-west-2', 'eu-west-1'],
                key: 'k1',
                policy: 'P',
                scope: 'secrets',
                role: 'R',
                existingKey: 'keep',
              },
              faults: [{ kind: 'stale', from: 0, count: 1, seconds: 1 }],
            },
          ],
        },
        {
          pause: 60,
          others: [{ other: 'add-entry', policy: 'P', secret: 'c' }],
          commands: [
            {
              command: { kind: 'teardown', secret: 'b', regions: ['eu-west-1'], policy: 'P', role: 'R' },
              faults: [],
            },
            {
              command: {
                kind: 'setup',
                secret: 'a',
                regions: ['eu-west-1'],
                key: 'generate',
                policy: 'P',
                scope: 'secrets',
                role: 'R',
                existingKey: 'keep',
                updateTrust: true,
              },
              faults: [],
            },
          ],
        },
        {
          pause: 2,
          others: [],
          commands: [
            {
              command: { kind: 'teardown', secret: 'b', regions: ['us-west-2'], policy: 'P', role: 'R' },
              faults: [{ kind: 'stale', from: 0, count: 16, seconds: 8 }],
            },
          ],
        },
      ],
      choices: [],
      again: false,
      tearsDown: false,
      seed: 0,
    },
  },
  {
    title: 'an addition on an old version is not taken for a removal from a newer one',
    story: {
      account: [],
      acts: [
        {
          pause: 60,
          others: [],
          commands: [
            {
              command: {
                kind: 'setup',
                secret: 'long1',
                regions: ['us-west-2'],
                key: 'k1',
                policy: 'P',
                scope: 'secrets',
                role: 'R',
                existingKey: 'keep',
                updateTrust: true,
              },
              faults: [],
            },
            {
              command: {
                kind: 'setup',
                secret: 'a',
                regions: ['us-west-2', 'eu-west-1'],
                key: 'k1',
                policy: 'P',
                scope: 'secrets',
                role: 'R',
              },
              faults: [],
            },
            {
              command: {
                kind: 'setup',
                secret: 'long1',
                regions: ['us-west-2'],
                key: 'k1',
                policy: 'P',
                scope: 'region',
                role: 'R',
                restore: true,
              },
              faults: [],
            },
          ],
        },
        {
          pause: 2,
          others: [],
          commands: [
            {
              command: {
                kind: 'setup',
                secret: 'long2',
                regions: ['eu-west-1'],
                key: 'k1',
                policy: 'P',
                scope: 'secrets',
                role: 'R',
                existingKey: 'keep',
                restore: true,
              },
              faults: [],
            },
            {
              command: {
                kind: 'setup',
                secret: 'a',
                regions: ['us-west-2'],
                key: 'generate',
                policy: 'P',
                scope: 'secrets',
                role: 'R',
                existingKey: 'keep',
              },
              faults: [{ kind: 'stale', from: 0, count: 8, seconds: 3 }],
            },
            {
              command: { kind: 'rotate', secret: 'a', regions: ['us-west-2'], key: 'k1', role: 'R' },
              faults: [{ kind: 'lost-before', on: 'write', at: 0, times: 1 }],
            },
          ],
        },
        {
          pause: 60,
          others: [],
          commands: [
            { command: { kind: 'export' }, faults: [] },
            {
              command: { kind: 'rotate', secret: 'a', regions: ['us-west-2'], key: 'rollback', role: 'R' },
              faults: [],
            },
          ],
        },
      ],
      choices: [],
      again: false,
      tearsDown: false,
      seed: 0,
    },
  },
  {
    title: "a rotation says what it can't see of another account's KMS key",
    story: {
      account: [
        {
          thing: 'role',
          name: 'R',
          trust: 'own-form',
          attached: [],
          inline: 'allow-all',
          boundary: 'other',
          own: false,
          stack: true,
        },
        {
          thing: 'secret',
          name: 'a',
          region: 'us-west-2',
          value: 'k1',
          kms: 'foreign',
          own: false,
          stack: true,
        },
      ],
      acts: [
        {
          pause: 60,
          others: [],
          commands: [
            {
              command: { kind: 'rotate', secret: 'a', regions: ['us-west-2'], key: 'generate', role: 'R' },
              faults: [],
            },
          ],
        },
        {
          pause: 60,
          others: [],
          commands: [
            {
              command: {
                kind: 'setup',
                secret: 'a',
                regions: ['us-west-2'],
                key: 'generate',
                policy: 'P',
                scope: 'secrets',
                role: 'R',
                restore: true,
              },
              faults: [{ kind: 'stale', from: 0, count: 1, seconds: 1 }],
            },
            {
              command: { kind: 'teardown', secret: 'a', regions: ['us-west-2'], policy: 'P', role: 'R' },
              faults: [],
            },
          ],
        },
      ],
      choices: [],
      again: false,
      tearsDown: false,
      seed: 0,
    },
  },
  {
    title: 'an entry stays when a run undoes a version that another has based on an old one, since deleted',
    story: {
      account: [{ thing: 'policy', name: 'P', document: 'read', secrets: ['c'], versions: 1, own: false }],
      acts: [
        {
          pause: 60,
          others: [],
          commands: [
            {
              command: {
                kind: 'setup',
                secret: 'a',
                regions: ['us-west-2'],
                key: 'k1',
                policy: 'P',
                scope: 'secrets',
                role: 'R',
              },
              faults: [{ kind: 'kill-before', on: 'write', at: 0 }],
            },
          ],
        },
        {
          pause: 0,
          others: [{ other: 'add-entry', policy: 'P', secret: 'other' }],
          commands: [
            {
              command: {
                kind: 'setup',
                secret: 'long2',
                regions: ['us-west-2'],
                key: 'generate',
                policy: 'P',
                scope: 'secrets',
                role: 'R',
              },
              faults: [],
            },
          ],
        },
        {
          pause: 0,
          others: [],
          commands: [
            {
              command: {
                kind: 'setup',
                secret: 'b',
                regions: ['us-west-2'],
                key: 'k1',
                policy: 'P',
                scope: 'secrets',
                role: 'R',
              },
              faults: [
                { kind: 'stale', from: 8, count: 4, seconds: 8 },
                { kind: 'stale', from: 0, count: 8, seconds: 1 },
              ],
            },
            {
              command: {
                kind: 'setup',
                secret: 'b',
                regions: ['us-west-2'],
                key: 'k1',
                policy: 'P',
                scope: 'secrets',
                role: 'R',
                existingKey: 'keep',
              },
              faults: [{ kind: 'lost-before', on: 'write', at: 1, times: 1 }],
            },
          ],
        },
      ],
      choices: [],
      again: false,
      tearsDown: false,
      seed: 0,
    },
  },
];
