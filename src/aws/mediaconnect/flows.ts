import {
  type DescribeFlowResponse,
  type Encryption,
  type Flow,
  ListFlowsCommand,
  type Output,
  type Source,
} from '@aws-sdk/client-mediaconnect';
import { parseArn } from '../arn.ts';
import { pages } from '../requests/concurrency.ts';
import { type Aws, orAbsent } from '../session.ts';
import { DescribeWholeFlowCommand } from './commands.ts';

/** Encryption settings as a flow has them (MediaConnect API reference, `Encryption`). Texts are as AWS sent them. */
export interface FlowEncryption {
  /** `static-key`, `srt-password` or `speke`; a setting without one is a static key. */
  keyType: string;
  algorithm?: string;
  roleArn?: string;
  secretArn?: string;
}

/** Encryption between flows, routers and MediaLive (MediaConnect API reference, `FlowTransitEncryption`). */
export interface TransitEncryption {
  /** `AUTOMATIC`, or `SECRETS_MANAGER`, which it is without one where it has a secret. */
  keyType: string;
  roleArn?: string;
  secretArn?: string;
}

/** A source, an output or an entitlement of a flow. */
export interface FlowPart {
  kind: 'source' | 'output' | 'entitlement';
  name: string;
  arn: string;
  /** Such as `zixi-push`; absent for an entitlement, and for a source that comes through one or from a router. */
  protocol?: string;
  /** Absent when the part is not encrypted. */
  encryption?: FlowEncryption;
  /** How it is encrypted between flow and router. */
  transit?: TransitEncryption;
  /** `ENABLED` or `DISABLED`, in which case `transit` does not count. */
  routerIntegration?: string;
  /** The router output that feeds a source, or the router input that an output feeds. */
  connectedTo?: string;
}

/** A flow as it exists. */
export interface FlowState {
  arn: string;
  name: string;
  region: string;
  /** Such as `ACTIVE` or `STANDBY`. */
  status: string;
  parts: FlowPart[];
  /** What MediaConnect itself says is wrong with it. */
  errors: string[];
  /** All of it as AWS sent it, in the SDK's spelling. */
  all: object;
}

/** Members of an answer that the SDK's types do not have. */
interface RouterIntegration {
  RouterIntegrationState?: string;
  RouterIntegrationTransitEncryption?: TransitSettings;
  RouterIntegrationTransitDecryption?: TransitSettings;
  ConnectedRouterInputArn?: string;
  ConnectedRouterOutputArn?: string;
}

export interface TransitSettings {
  EncryptionKeyType?: string;
  EncryptionKeyConfiguration?: { SecretsManager?: { SecretArn?: string; RoleArn?: string } };
}

/** Reads a flow, in the Region that its ARN names; returns undefined if it does not exist. */
export async function readFlow(aws: Aws, flowArn: string): Promise<FlowState | undefined> {
  const region = parseArn(flowArn)?.region ?? '';
  const client = await aws.clients.mediaConnect(region);
  const request = { action: 'mediaconnect:DescribeFlow', resource: flowArn, region };
  const answer = await orAbsent(
    aws.call(request, (options) => client.send(new DescribeWholeFlowCommand({ FlowArn: flowArn }), options)),
  );
  return answer?.Flow && toFlow({ Flow: answer.Flow, Messages: answer.Messages }, flowArn, region);
}

/** For how long a page of a list is asked for, in milliseconds. */
export type ListLimit = { limitMs?: number };

/** The ARNs of all flows of a Region, page by page. */
export async function listFlowArns(aws: Aws, region: string, limit: ListLimit = {}): Promise<string[]> {
  const client = await aws.clients.mediaConnect(region);
  const request = { action: 'mediaconnect:ListFlows', resource: '*', region, ...limit };
  const arns: string[] = [];
  const listing = pages(async (token) => {
    const command = new ListFlowsCommand({ MaxResults: 100, ...(token ? { NextToken: token } : {}) });
    const { Flows = [], NextToken: next } = await aws.call(request, (options) =>
      client.send(command, options),
    );
    return { items: Flows.flatMap(({ FlowArn }) => FlowArn ?? []), next };
  });
  for await (const { items } of listing) arns.push(...items);
  return arns;
}

function toFlow(
  { Flow: flow, Messages: messages }: { Flow: Flow; Messages: DescribeFlowResponse['Messages'] },
  arn: string,
  region: string,
): FlowState {
  // `Source` repeats the first one of `Sources` where a flow has several.
  const sources = flow.Sources?.length
    ? flow.Sources
    : [flow.Source].filter((source) => source !== undefined);
  return {
    arn: flow.FlowArn ?? arn,
    name: flow.Name ?? '',
    region,
    status: flow.Status ?? '',
    parts: [
      ...sources.map(toSource),
      ...(flow.Outputs ?? []).map(toOutput),
      ...(flow.Entitlements ?? []).map(({ Name, EntitlementArn, Encryption }) => ({
        ...named('entitlement', Name, EntitlementArn),
        ...encryptionOf(Encryption),
      })),
    ],
    errors: textsIn(messages?.Errors),
    all: flow,
  };
}

/** Returns the texts of what may be a list of texts. */
function textsIn(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((each) => typeof each === 'string') : [];
}

function toSource(source: Source & RouterIntegration): FlowPart {
  const { Name, SourceArn, Transport, Decryption } = source;
  return {
    ...named('source', Name, SourceArn),
    ...protocolOf(Transport),
    ...encryptionOf(Decryption),
    ...routingOf(source, source.RouterIntegrationTransitDecryption, source.ConnectedRouterOutputArn),
  };
}

function toOutput(output: Output & RouterIntegration): FlowPart {
  const { Name, OutputArn, Transport, Encryption } = output;
  return {
    ...named('output', Name, OutputArn),
    ...protocolOf(Transport),
    ...encryptionOf(Encryption),
    ...routingOf(output, output.RouterIntegrationTransitEncryption, output.ConnectedRouterInputArn),
  };
}

function named(kind: FlowPart['kind'], name = '', arn = '') {
  return { kind, name, arn };
}

function protocolOf(transport: Source['Transport']): { protocol?: string } {
  return transport?.Protocol ? { protocol: transport.Protocol } : {};
}

function routingOf(
  { RouterIntegrationState: state }: RouterIntegration,
  settings: TransitSettings | undefined,
  connectedTo: string | undefined,
): Pick<FlowPart, 'transit' | 'routerIntegration' | 'connectedTo'> {
  return {
    ...(settings ? { transit: transitOf(settings) } : {}),
    ...(state ? { routerIntegration: state } : {}),
    ...(connectedTo ? { connectedTo } : {}),
  };
}

/** Returns transit settings as they are meant: the key type can be left out. */
export function transitOf({
  EncryptionKeyType,
  EncryptionKeyConfiguration,
}: TransitSettings): TransitEncryption {
  const { SecretArn, RoleArn } = EncryptionKeyConfiguration?.SecretsManager ?? {};
  const hasSecret = EncryptionKeyConfiguration?.SecretsManager !== undefined;
  return {
    keyType: EncryptionKeyType ?? (hasSecret ? 'SECRETS_MANAGER' : 'AUTOMATIC'),
    ...(RoleArn ? { roleArn: RoleArn } : {}),
    ...(SecretArn ? { secretArn: SecretArn } : {}),
  };
}

/** MediaConnect API reference, `Encryption`, `keyType`: without one it is a static key. */
function encryptionOf(settings: Encryption | undefined): { encryption?: FlowEncryption } {
  if (!settings) return {};
  const { KeyType: keyType = 'static-key', Algorithm, RoleArn, SecretArn } = settings;
  return {
    encryption: {
      keyType,
      ...(Algorithm ? { algorithm: Algorithm } : {}),
      ...(RoleArn ? { roleArn: RoleArn } : {}),
      ...(SecretArn ? { secretArn: SecretArn } : {}),
    },
  };
}
