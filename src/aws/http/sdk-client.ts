import { pipeline, Readable, Transform } from 'node:stream';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { MediaConnectClient } from '@aws-sdk/client-mediaconnect';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { STSClient } from '@aws-sdk/client-sts';
import type { NodeHttpHandler } from '@smithy/node-http-handler';
import { HTTP } from '../../defaults.ts';
import { directHandler, type HandlerOptions, readProxies } from './proxy.ts';
import type { ProxyHandler } from './proxy-handler.ts';

/**
 * What AWS's answers must look like where the program reads them. The SDK passes on a text that is a number, or a list that
 * is a text, as it is; AWS sends none, but what imitates AWS, or stands between, may.
 */

/** The members of AWS's answers that the program reads: lists, members that hold others, and texts. Dates end in `Date`. */
const LISTS =
  /^(PolicyRoles|PolicyUsers|PolicyGroups|SecretList|AttachedPolicies|Policies|Roles|Versions|Tags|ReplicationStatus|EvaluationResults|Flows|Sources|Outputs|Entitlements|SecretValues|Errors|RouterInputs|RouterOutputs|ProtocolConfigurations)$/;
const LISTS_OF_TEXTS = /^(PolicyNames|VersionStages|KmsKeyIds)$/;
const RECORDS =
  /^(Role|Policy|PolicyVersion|PermissionsBoundary|KeyMetadata|Flow|Source|Transport|Decryption|Encryption|RouterInput|RouterOutput|Configuration|MediaConnectFlow|EncryptionKeyConfiguration|SecretsManager|EncryptionKey|\w*Transit(Encryption|Decryption)|(Encryption|Decryption)Configuration)$/;
const TEXTS =
  /^(ARN|Arn|Name|Description|VersionId|OwningService|PrimaryRegion|KmsKeyId|ResourcePolicy|SecretString|NextToken|Marker|Account|UserId|PolicyName|PolicyArn|PolicyDocument|DefaultVersionId|Document|RoleName|Path|AssumeRolePolicyDocument|PermissionsBoundaryArn|Key|Value|Region|Status|EvalDecision|KeyState|KeyUsage|KeyManager|FlowArn|SourceArn|OutputArn|EntitlementArn|Protocol|KeyType|Algorithm|RoleArn|SecretArn|SecretId|ErrorCode|Message|EncryptionKeyType|RouterIntegrationState|ConnectedRouter(Input|Output)Arn|FlowOutputArn|FlowSourceArn)$/;

/** Whether an error's name and sentence are texts, as its type promises. */
export function isTold(error: unknown): boolean {
  return error instanceof Error && typeof error.name === 'string' && typeof error.message === 'string';
}

/** Whether all members of an answer that the program knows are of their kind. */
export function isSound(answer: object): boolean {
  return Object.entries(answer).every(
    ([name, value]) => value === undefined || value === null || fits(name, value),
  );
}

function fits(name: string, value: unknown): boolean {
  if (value instanceof Date) return !Number.isNaN(value.getTime());
  // What KMS calls so is a text.
  if (name === 'Policy' && typeof value === 'string') return true;
  if (TEXTS.test(name)) return typeof value === 'string' && (!/Document$/.test(name) || isEncoded(value));
  if (LISTS_OF_TEXTS.test(name)) return isListOfTexts(value);
  if (LISTS.test(name)) return Array.isArray(value) && value.every((item) => isRecord(item) && isSound(item));
  if (/^(SecretVersions|VersionIds)ToStages$/.test(name))
    return isRecord(value) && Object.values(value).every(isListOfTexts);
  if (name === 'SummaryMap') return isRecord(value);
  return RECORDS.test(name) ? isRecord(value) && isSound(value) : !/Date$/.test(name);
}

/** IAM answers documents percent-encoded (IAM API reference, `PolicyVersion`, `Document`). */
function isEncoded(document: string): boolean {
  try {
    decodeURIComponent(document);
    return true;
  } catch {
    return false;
  }
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Makes a handler give up on an answer that is larger than any of AWS's: what sends it may never end. */
export function withBoundedAnswers(handler: RequestHandler): RequestHandler {
  return {
    metadata: handler.metadata,
    destroy: () => handler.destroy(),
    async handle(...request) {
      const answer = await handler.handle(...request);
      const { body, headers } = answer.response;
      // AWS sends the length first, and Node reads no further.
      const told = Number(headers['content-length'] ?? Number.POSITIVE_INFINITY);
      if (told > HTTP.longestAnswerBytes && body instanceof Readable) answer.response.body = bounded(body);
      return answer;
    },
  };
}

function bounded(body: Readable): Readable {
  let size = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      done(size > HTTP.longestAnswerBytes ? new NotAwsError('an answer that does not end') : null, chunk);
    },
  });
  // The reader gets a failure from the stream itself.
  return pipeline(body, counter, () => undefined);
}

/** An answer that cannot be AWS's, such as that of a login page. */
export class NotAwsError extends Error {
  override readonly name = 'NotAwsError';
}

/**
 * Makes a client take for an answer only what AWS may have answered. The SDK itself would read an empty body, or JSON
 * about something else, as an answer in which everything optional is missing, and passes values of a wrong type on.
 */
export function demandingAws<C extends SdkClient>(client: C): C {
  middlewareOf(client).add(
    (next) => async (args) => {
      const result = await next(args).catch((error: unknown) => {
        throw isTold(error) ? error : new NotAwsError('an error without a name or a sentence');
      });
      const { $metadata, ...members } = result.output;
      const saysNothing = Object.values(members).every((member) => member === undefined);
      // Every answer of AWS has a request ID; some imitations of AWS leave it out, but they say something.
      if (saysNothing && !$metadata.requestId) throw new NotAwsError('an empty answer without a request ID');
      if (!isSound(members)) throw new NotAwsError('an answer with a member of another kind');
      return result;
    },
    { step: 'initialize', name: 'demandAws' },
  );
  return client;
}

/** A client of the AWS SDK, whichever service it is for. */
export type SdkClient = IAMClient | KMSClient | MediaConnectClient | SecretsManagerClient | STSClient;

/** What all of them have in common where requests are looked at; the SDK types it for each service apart. */
export function middlewareOf(client: SdkClient): IAMClient['middlewareStack'] {
  return client.middlewareStack as IAMClient['middlewareStack'];
}

/** What sends requests, and keeps the connections. */
export type RequestHandler = Pick<NodeHttpHandler, 'handle' | 'destroy' | 'metadata'>;

/**
 * Returns what sends requests, through the proxies that the environment names, if it names any. The SDK does not look at these
 * variables by itself. A request fails with a `Failure` if it should go through what is not an HTTP proxy.
 * @param ca the certificate authorities to trust in place of Node's own, in PEM form
 */
export async function requestHandlerFor(
  env: NodeJS.ProcessEnv,
  ca?: Buffer,
  options: Partial<HandlerOptions> = {},
): Promise<ProxyHandler | NodeHttpHandler> {
  const proxies = readProxies(env);
  const settings = { ...HTTP.handler, ...(ca ? { ca } : {}), ...options };
  if (!proxies.https && !proxies.http) return directHandler(settings);
  const { ProxyHandler } = await import('./proxy-handler.ts');
  return new ProxyHandler(proxies, settings);
}
