import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { MediaConnectClient } from '@aws-sdk/client-mediaconnect';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { STSClient } from '@aws-sdk/client-sts';
import type { Sandbox, SandboxCredentials } from '../../src/sandbox/index.ts';

/** The real SDK's clients, pointed at a sandbox. One attempt each, so that a test sees what one request gets. */
export function clientsFor(
  sandbox: Sandbox,
  options: { region?: string; credentials?: SandboxCredentials; maxAttempts?: number } = {},
) {
  const config = {
    endpoint: sandbox.url,
    region: options.region ?? 'us-west-2',
    credentials: options.credentials ?? sandbox.credentials,
    maxAttempts: options.maxAttempts ?? 1,
  };
  return {
    iam: new IAMClient(config),
    kms: new KMSClient(config),
    mediaConnect: new MediaConnectClient(config),
    secrets: new SecretsManagerClient(config),
    sts: new STSClient(config),
  };
}

/** A failure as a client sees it. */
export interface Failure {
  name: string;
  message: string;
  status: number | undefined;
}

/** Returns the error of a call; fails the test if the call succeeds. */
export async function failureOf(call: Promise<unknown>): Promise<Failure> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) {
    throw new Error('The call succeeded.');
  }
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return { name: error.name, message: error.message, status: $metadata?.httpStatusCode };
}

export const KEY = '0123456789abcdef0123456789abcdef';
export const TOKEN = 'a'.repeat(32);

export const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: ['mediaconnect.amazonaws.com'] }, Action: ['sts:AssumeRole'] },
  ],
});

/** Returns a read policy for these resources. */
export function readPolicy(...resources: string[]): string {
  const actions = ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'];
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: actions, Resource: resources }],
  });
}
