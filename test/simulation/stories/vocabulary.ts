import type { KeyName, RegionName } from './story.ts';

/** The values of the stories: few, so that they often match. */
export const ACCOUNT = '111122223333';
export const OTHER_ACCOUNT = '444455556666';
export const REGIONS: readonly RegionName[] = ['us-west-2', 'eu-west-1'];

export const KEYS: Readonly<Record<KeyName, string>> = {
  k1: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
  k2: 'fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210',
  k3: '00112233445566778899aabbccddeeff',
};

/** A secret value that is not a key. */
export const NO_KEY = '{"key":"0123"}';

/** Pads a name that begins with `long`, so that eleven of them fill a policy. */
export function longName(name: string): string {
  return name.startsWith('long') ? name.padEnd(480, '-x') : name;
}

export const KMS_ID = '11111111-2222-3333-4444-555555555555';
export const KMS_ALIAS = 'alias/mine';

export const READ_ACTIONS = [
  'secretsmanager:GetResourcePolicy',
  'secretsmanager:GetSecretValue',
  'secretsmanager:DescribeSecret',
  'secretsmanager:ListSecretVersionIds',
];

/** The organization of the account. */
export const ORGANIZATION = 'o-own';
