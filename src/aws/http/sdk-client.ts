import { pipeline, Readable, Transform } from 'node:stream';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { MediaConnectClient } from '@aws-sdk/client-mediaconnect';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { STSClient } from '@aws-sdk/client-sts';
import type { NodeHttpHandler } from '@smithy/node-http-handler';
import { HTTP } from '../../limits.ts';
import { directHandler, type HandlerOptions, readProxies } from './proxy.ts';
import type { ProxyHandler } from './proxy-handler.ts';

/*
 * The fields of AWS's responses that the program reads, by type: lists, objects and strings. Names of dates end in `Date`. The
 * SDK doesn't check types: it passes on a number in place of a string, or a string in place of a list. AWS sends no such values,
 * but an imitation of AWS or an intermediary may.
 */

const LISTS =
  /^(PolicyRoles|PolicyUsers|PolicyGroups|SecretList|AttachedPolicies|Policies|Roles|Versions|Tags|ReplicationStatus|EvaluationResults|Flows|Sources|Outputs|Entitlements|SecretValues|Errors|RouterInputs|RouterOutputs|ProtocolConfigurations)$/;
const LISTS_OF_STRINGS = /^(PolicyNames|VersionStages|KmsKeyIds)$/;
const OBJECTS =
  /^(Role|Policy|PolicyVersion|PermissionsBoundary|KeyMetadata|Flow|Source|Transport|Decryption|Encryption|RouterInput|RouterOutput|Configuration|MediaConnectFlow|EncryptionKeyConfiguration|SecretsManager|EncryptionKey|\w*Transit(Encryption|Decryption)|(Encryption|Decryption)Configuration)$/;
const STRINGS =
  /^(ARN|Arn|Name|Description|VersionId|OwningService|PrimaryRegion|KmsKeyId|ResourcePolicy|SecretString|NextToken|Marker|Account|UserId|PolicyName|PolicyArn|PolicyDocument|DefaultVersionId|Document|RoleName|Path|AssumeRolePolicyDocument|PermissionsBoundaryArn|Key|Value|Region|Status|EvalDecision|KeyState|KeyUsage|KeyManager|FlowArn|SourceArn|OutputArn|EntitlementArn|Protocol|KeyType|Algorithm|RoleArn|SecretArn|SecretId|ErrorCode|Message|EncryptionKeyType|RouterIntegrationState|ConnectedRouter(Input|Output)Arn|FlowOutputArn|FlowSourceArn)$/;

/** Returns true if an error's name and message are strings, as its type promises. */
function hasNameAndMessage(error: unknown): boolean {
  return error instanceof Error && typeof error.name === 'string' && typeof error.message === 'string';
}

/** Returns true if all known fields of a response have the right type. */
function hasExpectedTypes(response: object): boolean {
  return Object.entries(response).every(
    ([name, value]) => value === undefined || value === null || isExpectedField(name, value),
  );
}

/** Returns true if a field has the type that its name requires. */
function isExpectedField(name: string, value: unknown): boolean {
  if (value instanceof Date) return !Number.isNaN(value.getTime());
  // In KMS, `Policy` is a string.
  if (name === 'Policy' && typeof value === 'string') return true;
  if (STRINGS.test(name)) return typeof value === 'string' && (!/Document$/.test(name) || canDecode(value));
  if (LISTS_OF_STRINGS.test(name)) return isListOfStrings(value);
  if (LISTS.test(name))
    return Array.isArray(value) && value.every((item) => isObject(item) && hasExpectedTypes(item));
  if (/^(SecretVersions|VersionIds)ToStages$/.test(name))
    return isObject(value) && Object.values(value).every(isListOfStrings);
  if (name === 'SummaryMap') return isObject(value);
  return OBJECTS.test(name) ? isObject(value) && hasExpectedTypes(value) : !/Date$/.test(name);
}

/** IAM returns documents percent-encoded (IAM API reference, `PolicyVersion`, `Document`). */
function canDecode(document: string): boolean {
  try {
    decodeURIComponent(document);
    return true;
  } catch {
    return false;
  }
}

function isListOfStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Wraps a handler to abort a response that is larger than any from AWS and may never end. */
export function withBoundedResponses(handler: RequestHandler): RequestHandler {
  return {
    metadata: handler.metadata,
    destroy: () => handler.destroy(),
    async handle(...request) {
      const output = await handler.handle(...request);
      const { body, headers } = output.response;
      // AWS sends `Content-Length`, and Node reads no more than that. Only a response that may be longer needs a limit.
      const length = Number(headers['content-length'] ?? Number.POSITIVE_INFINITY);
      if (length > HTTP.maxResponseBytes && body instanceof Readable)
        output.response.body = withMaxSize(body);
      return output;
    },
  };
}

/** Returns a body that fails when it is larger than `HTTP.longestAnswerBytes`. */
function withMaxSize(body: Readable): Readable {
  let size = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      done(size > HTTP.maxResponseBytes ? new NotAwsError('an answer that does not end') : null, chunk);
    },
  });
  // The reader gets the error from the stream itself.
  return pipeline(body, counter, () => undefined);
}

/** A response that can't come from AWS, such as a login page. */
export class NotAwsError extends Error {
  override readonly name = 'NotAwsError';
}

/**
 * Makes a client reject responses that can't come from AWS. The SDK itself treats an empty body or unrelated JSON as a response
 * without optional fields, and passes on values of a wrong type.
 */
export function withAwsResponsesOnly<C extends SdkClient>(client: C): C {
  middlewareOf(client).add(
    (next) => async (args) => {
      const result = await next(args).catch((error: unknown) => {
        throw hasNameAndMessage(error) ? error : new NotAwsError('an error without a name or a sentence');
      });
      const { $metadata, ...members } = result.output;
      const isEmpty = Object.values(members).every((member) => member === undefined);
      // All AWS responses have a request ID. Some imitations of AWS omit it, but their responses aren't empty.
      if (isEmpty && !$metadata.requestId) throw new NotAwsError('an empty answer without a request ID');
      if (!hasExpectedTypes(members)) throw new NotAwsError('an answer with a member of another kind');
      return result;
    },
    { step: 'initialize', name: 'withAwsResponsesOnly' },
  );
  return client;
}

/** An AWS SDK client of any service used here. */
export type SdkClient = IAMClient | KMSClient | MediaConnectClient | SecretsManagerClient | STSClient;

/** Returns the middleware stack with a common type; the SDK has a separate type for each service. */
export function middlewareOf(client: SdkClient): IAMClient['middlewareStack'] {
  return client.middlewareStack as IAMClient['middlewareStack'];
}

/** Sends requests and keeps connections. */
export type RequestHandler = Pick<NodeHttpHandler, 'handle' | 'destroy' | 'metadata'>;

/**
 * Returns the request handler, which uses the proxies in the environment, if any. The SDK itself ignores the proxy variables. A
 * request fails with a `Failure` if its proxy is not an HTTP proxy.
 * @param ca the certificate authorities to trust instead of Node's own, in PEM format
 */
export async function requestHandlerFor(
  env: NodeJS.ProcessEnv,
  ca?: Buffer,
  options: Partial<HandlerOptions> = {},
): Promise<ProxyHandler | NodeHttpHandler> {
  const proxies = readProxies(env);
  const settings = { ...HTTP.handler, ca, ...options };
  if (!proxies.https && !proxies.http) return directHandler(settings);
  const { ProxyHandler } = await import('./proxy-handler.ts');
  return new ProxyHandler(proxies, settings);
}
