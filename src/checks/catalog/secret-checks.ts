import { namedSecretMessages } from '../../aws/secrets/messages.ts';
import type { SecretLocation } from '../../aws/secrets/versions.ts';
import type { Fix } from '../../failure.ts';
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
    asks: 'is it in the Region asked for? Otherwise: where it is instead, whether another ARN has its name, whether the end of an ARN stands after the name',
    fix: 'store it there too; take the right ARN or name',
    words: {
      exists: 'exists',
      otherArn: 'there is no secret of this ARN, but another one of its name',
      arnWithoutEnd: 'this ARN lacks its end: the hyphen and six characters that Secrets Manager adds',
      arnEnd: (region: string) =>
        `there is no such secret in ${region}: the name has the end of an ARN, a hyphen and six characters, after it`,
      elsewhere: (region: string, regions: string[]) =>
        `is not in ${region}, only in ${regions.join(', ')}; MediaConnect reads a secret in the Region of the flow`,
      absent: 'there is no such secret',
      nowhere: (region: string) =>
        `there is no such secret in ${region}, nor in another Region that could be looked at`,
    },
  },
  'secret-account': {
    question: 'whose secret it is',
    asks: "is its ARN of the caller's account and partition?",
    fix: 'store the key in this account',
    words: {},
  },
  'secret-deletion': {
    question: 'whether it is scheduled for deletion',
    asks: 'is it not scheduled for deletion?',
    fix: '`aws secretsmanager restore-secret`',
    inStatus:
      'failed: the secret is scheduled for deletion, and a policy names it; warning: no policy names it, as `teardown` leaves it',
    words: {
      notDeleted: 'not scheduled for deletion',
      deleted: (at: Date) => `scheduled for deletion (${dayOf(at)}): MediaConnect cannot read it`,
      deletedUnused: (at: Date) =>
        `scheduled for deletion (${dayOf(at)}): nobody can read it until it is restored`,
    },
  },
  'secret-version': {
    question: 'whether it has a current version',
    needs: ['secretsmanager:GetSecretValue'],
    asks: 'has it a current version?',
    fix: '`rotate`',
    inStatus: 'failed: no version is labeled `AWSCURRENT`',
    words: {
      hasVersion: 'has a current version',
      noVersion: 'has no current version, so that there is nothing to read',
    },
  },
  'secret-rotation': {
    question: 'whether it rotates',
    needs: ['secretsmanager:DescribeSecret'],
    asks: 'does it not rotate by itself?',
    fix: '`aws secretsmanager cancel-rotate-secret`',
    inStatus: 'failed: it rotates automatically',
    words: {
      noRotation: 'no rotation',
      rotates: 'rotates automatically, which breaks the stream each time',
    },
  },
  'secret-plaintext': {
    question: 'whether it holds plaintext',
    needs: ['secretsmanager:GetSecretValue'],
    asks: 'is it text, and not JSON or bytes?',
    fix: '`rotate`',
    words: {
      plaintext: 'plaintext',
      binary: 'holds bytes (SecretBinary); MediaConnect takes plaintext',
    },
  },
  'secret-form': {
    question: 'whether it holds the bare key',
    needs: ['secretsmanager:GetSecretValue'],
    asks: 'is it the bare key: no line break, quotation marks, `0x`, spaces, `NAME=`, byte-order mark, …?',
    fix: '`rotate`',
    words: { bare: 'the bare key' },
  },
  'secret-characters': {
    question: 'whether its characters are right',
    needs: ['secretsmanager:GetSecretValue'],
    asks: 'is it hexadecimal (a static key) or printable (an SRT password)?',
    fix: '`rotate`',
    words: { hexadecimal: 'hexadecimal', printable: 'printable' },
  },
  'secret-length': {
    question: 'whether its length is right',
    needs: ['secretsmanager:GetSecretValue'],
    asks: '32, 48 or 64 digits, as `--algorithm` says; 10 to 80 characters of a password',
    fix: '`rotate`, or the other algorithm',
    words: {
      digits: (length: number, algorithm: string) => `${length} digits (${algorithm})`,
      passwordLength: '10 to 80 characters',
    },
  },
  'secret-key': {
    question: 'whether it holds the key given',
    asks: 'is it the key given with `--key-file` or `--key-env`?',
    fix: '`rotate`',
    words: { thisKey: 'the key given', otherKey: 'holds another key than the one given' },
  },
  'secret-same-key': {
    question: 'whether it holds the same key as in the other Regions',
    asks: 'is it the same key as in the first Region?',
    fix: '`rotate`',
    words: {
      sameKey: (region: string) => `the same key as in ${region}`,
      otherKeyThan: (region: string) => `holds another key than in ${region}`,
    },
  },
  'secret-resource-policy': {
    question: 'whether its resource policy forbids reading',
    needs: ['secretsmanager:GetResourcePolicy'],
    asks: 'does its resource policy not keep the role out?',
    fix: 'change that policy',
    words: {
      noResourcePolicy: 'no resource policy',
      resourcePolicyLets: 'its resource policy does not forbid reading',
      policyNotUnderstood: 'the resource policy',
    },
  },
} as const satisfies Record<string, CheckSpec>;

/** Fixes for the checks of a secret. */
export const SECRET_FIXES = {
  store: (secret: StoreCommandValues): Fix => ({
    remedy: 'Check the name and the Region, or store the key:',
    command: storeCommand(secret),
  }),
  storeToo: (secret: StoreCommandValues): Fix => ({
    remedy: 'Name the Region of the flow, or store the same key there too:',
    command: storeCommand(secret, '--key-file', 'KEY-FILE'),
  }),
  storeHere: (region: string): Fix => ({
    remedy: `Store the same key in a secret of this account in ${region}, and take that one.`,
  }),
  setUpFrom: (manifest: string): Fix => ({
    remedy: SET_UP,
    command: setupCommand({ secrets: [], regions: [], manifest }),
  }),
  nameSource: (manifest: string): Fix => ({
    remedy:
      'Check the name and the Region, or say in the manifest where its key comes from, and have it stored:',
    command: toolCommand('setup', '--manifest', manifest),
  }),
  useArn: (arn: string): Fix => ({ remedy: `Take its full ARN: ${arn}` }),
  copyArn: { remedy: namedSecretMessages.copyArn } satisfies Fix,
  useName: (name: string, region: string): Fix => ({
    remedy: 'Take the name without that:',
    command: toolCommand('verify', '--secret-name', name, '--region', region),
  }),
  restore: (arn: string, region: string): Fix => ({
    remedy: 'Restore it:',
    command: secretCommand('restore-secret', { arn, region }),
  }),
  /** @param secret the primary secret */
  cancelRotation: (secret: SecretLocation): Fix => ({
    remedy: 'Switch the rotation off:',
    command: secretCommand('cancel-rotate-secret', secret),
  }),
  rotate: (secret: RotateCommandValues): Fix => ({
    remedy:
      secret.source?.kind === 'generate'
        ? 'Store a new key, the same in all its Regions:'
        : 'Store the right key:',
    command: rotateCommand(secret),
  }),
  /** For a manifest with which `rotate` would only change what is wrong. */
  rotateAll: (manifest: string): Fix => ({
    remedy: 'Store the keys that the manifest names:',
    command: toolCommand('rotate', '--manifest', manifest),
  }),
  orPassword: (rotate: Fix): Fix => ({
    ...rotate,
    remedy: 'If it is an SRT password, verify it with --key-type srt-password. If not, store the right key:',
  }),
  resourcePolicy: (arn: string, region: string): Fix => ({
    remedy: 'Allow the role in the resource policy of the secret. To see the policy:',
    command: secretCommand('get-resource-policy', { arn, region }),
  }),
  otherPartition: {
    remedy: 'Take the right ARN, or credentials of that partition (--profile).',
  } satisfies Fix,
};
