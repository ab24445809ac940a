import { namedSecretMessages } from '../../aws/secrets/messages.ts';
import type { SecretLocation } from '../../aws/secrets/versions.ts';
import type { Fix } from '../../failure.ts';
import { algorithmName } from '../../key/index.ts';
import { dayOf } from '../../text.ts';
import {
  type RotateCommandValues,
  rotateCommand,
  type StoreCommandValues,
  secretCommand,
  setupCommand,
  storeCommand,
  toolCommand,
} from '../../ui/commands.ts';
import { type CheckSpec, SET_UP } from './spec.ts';

/** The checks of a secret. */
export const SECRET_CHECKS = {
  'secret-exists': {
    question: 'whether it exists',
    asks: 'The secret exists in the requested Region. If not, `verify` says where it was found, whether another ARN has its name, or whether the name includes the suffix of an ARN',
    fix: 'store it there too, or use the right ARN or name',
    words: {
      exists: 'exists',
      otherArn: 'not found; a different secret has this name',
      arnWithoutEnd: 'not found: the ARN lacks its suffix, a hyphen and 6 characters',
      arnEnd: (region: string) => `not found in ${region}: the name you gave includes the suffix of an ARN`,
      elsewhere: (region: string, regions: string[]) =>
        `not in ${region} (found in ${regions.join(', ')}). The secret must be in the flow's Region`,
      absent: 'not found',
      nowhere: (region: string) => `not found in ${region} or in any other Region that could be searched`,
    },
  },
  'secret-account': {
    question: 'whose secret it is',
    asks: "The secret is in the caller's account and partition",
    fix: 'store the key in this account',
    words: {},
  },
  'secret-deletion': {
    question: 'whether it is scheduled for deletion',
    asks: 'The secret is not scheduled for deletion',
    fix: '`aws secretsmanager restore-secret`',
    inStatus:
      'failed: the secret is scheduled for deletion and a policy names it. Warning: it is scheduled for deletion and no policy names it, as after `teardown`',
    words: {
      notDeleted: 'not scheduled for deletion',
      deleted: (at: Date) => `scheduled for deletion on ${dayOf(at)}; it can't be read until restored`,
      deletedUnused: (at: Date) => `scheduled for deletion on ${dayOf(at)}; no policy names it`,
    },
  },
  'secret-version': {
    question: 'whether it has a current value',
    needs: ['secretsmanager:GetSecretValue'],
    asks: 'The secret has a current value (`AWSCURRENT`)',
    fix: '`rotate`',
    inStatus: 'failed: no version is labeled `AWSCURRENT`',
    words: {
      hasVersion: 'has a current value',
      noVersion: 'has no current value (AWSCURRENT)',
    },
  },
  'secret-rotation': {
    question: 'whether automatic rotation is on',
    needs: ['secretsmanager:DescribeSecret'],
    asks: 'Automatic rotation is off',
    fix: '`aws secretsmanager cancel-rotate-secret`',
    inStatus: 'failed: automatic rotation is on',
    words: {
      noRotation: 'automatic rotation is off',
      rotates: 'automatic rotation is on; every rotation breaks the stream',
    },
  },
  'secret-plaintext': {
    question: 'whether it is plaintext',
    needs: ['secretsmanager:GetSecretValue'],
    asks: 'The value is plaintext, not JSON or binary',
    fix: '`rotate`',
    words: {
      plaintext: 'plaintext',
      binary: 'is binary (SecretBinary); MediaConnect needs plaintext (SecretString)',
    },
  },
  'secret-form': {
    question: 'whether it contains only the key',
    needs: ['secretsmanager:GetSecretValue'],
    asks: 'The value is the key only: no line break, quotation marks, `0x`, spaces, `NAME=`, byte-order mark, …',
    fix: '`rotate`',
    words: { bare: 'key only, no extra characters' },
  },
  'secret-characters': {
    question: 'whether its characters are valid',
    needs: ['secretsmanager:GetSecretValue'],
    asks: 'The characters are hexadecimal (static key) or printable (SRT password)',
    fix: '`rotate`',
    words: { hexadecimal: 'hexadecimal digits only', printable: 'printable characters only' },
  },
  'secret-length': {
    question: 'whether its length is valid',
    needs: ['secretsmanager:GetSecretValue'],
    asks: 'A static key has 32, 48 or 64 digits, and the number matches `--algorithm` if given. An SRT password has 10 to 80 characters',
    fix: '`rotate`, or use the other algorithm',
    isSummary: true,
    words: {
      digits: (length: number, algorithm: string) => `${algorithmName(algorithm)} key, ${length} digits`,
      passwordLength: 'password of 10 to 80 characters',
    },
  },
  'secret-key': {
    question: 'whether it matches the key you provided',
    asks: 'The value matches the key from `--key-file` or `--key-env`',
    fix: '`rotate`',
    isSummary: true,
    words: { thisKey: 'matches the key you provided', otherKey: "doesn't match the key you provided" },
  },
  'secret-same-key': {
    question: 'whether its key is the same in all Regions',
    asks: 'The key is the same as in the first Region',
    fix: '`rotate`',
    isSummary: true,
    words: {
      sameKey: (region: string) => `same key as in ${region}`,
      otherKeyThan: (region: string) => `doesn't match the key in ${region}`,
    },
  },
  'secret-resource-policy': {
    question: 'whether its resource policy denies access',
    needs: ['secretsmanager:GetResourcePolicy'],
    asks: 'The resource policy of the secret does not deny the role access',
    fix: 'change the resource policy',
    words: {
      noResourcePolicy: 'no resource policy',
      resourcePolicyLets: "its resource policy doesn't deny access",
      policyNotUnderstood: "its resource policy can't be parsed",
    },
  },
} as const satisfies Record<string, CheckSpec>;

/** Fixes for the checks of a secret. */
export const SECRET_FIXES = {
  store: (secret: StoreCommandValues): Fix => ({
    remedy: 'Check the name and Region, or create it:',
    command: storeCommand(secret),
  }),
  storeToo: (secret: StoreCommandValues): Fix => ({
    remedy: 'Check the Region, or store the same key there:',
    command: storeCommand(secret, '--key-file', 'KEY-FILE'),
  }),
  storeHere: (region: string): Fix => ({
    remedy: `Store the same key in a secret in this account in ${region}, and use that secret.`,
  }),
  setUpFrom: (manifest: string): Fix => ({
    remedy: SET_UP,
    command: setupCommand({ secrets: [], regions: [], manifest }),
  }),
  nameSource: (manifest: string): Fix => ({
    remedy: 'Check the name and Region, or add its key source to the manifest and run:',
    command: toolCommand('setup', '--manifest', manifest),
  }),
  useArn: (arn: string): Fix => ({ remedy: `Use the full ARN: ${arn}` }),
  copyArn: { remedy: namedSecretMessages.copyArn } satisfies Fix,
  useName: (name: string, region: string): Fix => ({
    remedy: 'Use the name without the suffix:',
    command: toolCommand('verify', '--secret-name', name, '--region', region),
  }),
  restore: (arn: string, region: string): Fix => ({
    remedy: 'Restore it:',
    command: secretCommand('restore-secret', { arn, region }),
  }),
  /** @param secret the primary secret */
  cancelRotation: (secret: SecretLocation): Fix => ({
    remedy: 'Turn off automatic rotation:',
    command: secretCommand('cancel-rotate-secret', secret),
  }),
  rotate: (secret: RotateCommandValues): Fix => ({
    remedy: secret.source?.kind === 'generate' ? 'Store one new key in all its Regions:' : 'Store the key:',
    command: rotateCommand(secret),
  }),
  /** For a manifest with which `rotate` would only change what is wrong. */
  rotateAll: (manifest: string): Fix => ({
    remedy: 'Store the keys in the manifest:',
    command: toolCommand('rotate', '--manifest', manifest),
  }),
  orPassword: (rotate: Fix): Fix => ({
    ...rotate,
    remedy:
      "If it's an SRT password, run verify again with --key-type srt-password. Otherwise store a valid key:",
  }),
  resourcePolicy: (arn: string, region: string): Fix => ({
    remedy: "Allow the role in the secret's resource policy. To view it:",
    command: secretCommand('get-resource-policy', { arn, region }),
  }),
  otherPartition: {
    remedy: 'Use the right ARN, or credentials for that partition (--profile).',
  } satisfies Fix,
};
