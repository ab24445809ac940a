import type { Story } from './story.ts';

/** Stories that have found a bug, each shrunk as far as possible. */
export const FOUND: readonly {
  readonly title: string;
  readonly story: Story;
}[] = [
  {
    title: "creates no endless series of policy versions for a secret with another account's KMS key",
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
    title: 'does not attach a wider policy because its name resembles the requested one',
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
    title: "gives no access to the account's own keys for an alias of another account's KMS key",
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
    title: 'reports a trust policy that is too long before the first change',
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
    title: 'keeps what one run adds to a policy when IAM shows an old state to another run',
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
    title: 'keeps what one run adds when another run sees old states and loses a response',
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
    title: 'does not delete a role with one key while another key is set up for it',
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
    title: 'does not create a policy again because IAM does not show it yet',
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
    title: 'does not restore in a teardown what it has removed from a policy',
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
    title: 'does not treat an addition to an old version as a removal from a newer one',
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
    title: "says in a rotation what it cannot tell about another account's KMS key",
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
    title: 'keeps an entry when a run undoes a version that is based on an old, deleted one',
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
