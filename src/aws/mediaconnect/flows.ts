import {
  type DescribeFlowResponse,
  type Encryption,
  type Entitlement,
  type Flow,
  ListFlowsCommand,
  type Output,
  type Source,
} from '@aws-sdk/client-mediaconnect';
import { parseArn } from '../arn.ts';
import { pages } from '../requests/concurrency.ts';
import { type Aws, orAbsent } from '../session.ts';
import { DescribeWholeFlowCommand } from './commands.ts';

/** Encryption settings of a part of a flow (MediaConnect API reference, `Encryption`). All values are as AWS sent them. */
export interface FlowEncryption {
  /** `static-key`, `srt-password` or `speke`. If AWS omits it, it is `static-key`. */
  keyType: string;
  algorithm?: string;
  roleArn?: string;
  secretArn?: string;
}

/** Encryption between flows, routers and MediaLive (MediaConnect API reference, `FlowTransitEncryption`). */
export interface TransitEncryption {
  /** `AUTOMATIC` or `SECRETS_MANAGER`. The latter is implied if the setting has a secret. */
  keyType: string;
  roleArn?: string;
  secretArn?: string;
}

/** A source, output or entitlement of a flow. */
export interface FlowPart {
  kind: 'source' | 'output' | 'entitlement';
  name: string;
  arn: string;
  /** Such as `zixi-push`. Absent for an entitlement, and for a source from an entitlement or a router. */
  protocol?: string;
  /** Absent if the part is not encrypted. */
  encryption?: FlowEncryption;
  /** The encryption between flow and router. */
  transit?: TransitEncryption;
  /** `ENABLED` or `DISABLED`. If disabled, `transit` has no effect. */
  routerIntegration?: string;
  /** The router output that feeds a source, or the router input that an output feeds. */
  connectedTo?: string;
}

/** A flow, as `DescribeFlow` shows it. */
export interface FlowState {
  arn: string;
  name: string;
  region: string;
  /** Such as `ACTIVE` or `STANDBY`. */
  status: string;
  parts: FlowPart[];
  /** Errors of the flow, as reported by MediaConnect. */
  errors: string[];
  /** The whole response from AWS, with the SDK's field names. */
  response: object;
}

/** Response fields that are missing in the SDK's types. */
interface RouterIntegration {
  RouterIntegrationState?: string;
  RouterIntegrationTransitEncryption?: TransitSettings;
  RouterIntegrationTransitDecryption?: TransitSettings;
  ConnectedRouterInputArn?: string;
  ConnectedRouterOutputArn?: string;
}

/** Encryption settings between a flow and a router, with the SDK's field names. */
export interface TransitSettings {
  EncryptionKeyType?: string;
  EncryptionKeyConfiguration?: { SecretsManager?: { SecretArn?: string; RoleArn?: string } };
}

/** Reads a flow in the Region of its ARN. Returns undefined if it doesn't exist. */
export async function readFlow(aws: Aws, flowArn: string): Promise<FlowState | undefined> {
  const region = parseArn(flowArn)?.region ?? '';
  const client = await aws.clients.mediaConnect(region);
  const request = { action: 'mediaconnect:DescribeFlow', resource: flowArn, region };
  const response = await orAbsent(
    aws.call(request, (options) => client.send(new DescribeWholeFlowCommand({ FlowArn: flowArn }), options)),
  );
  return response?.Flow && toFlow(response.Flow, response.Messages, flowArn, region);
}

/** The time limit for each page of a list, in milliseconds. */
export type ListLimit = { limitMs?: number };

/** Returns the ARNs of all flows in a Region. */
export async function listFlowArns(aws: Aws, region: string, limit: ListLimit = {}): Promise<string[]> {
  const client = await aws.clients.mediaConnect(region);
  const request = { action: 'mediaconnect:ListFlows', resource: '*', region, ...limit };
  const arns: string[] = [];
  const listing = pages(async (token) => {
    const command = new ListFlowsCommand({ MaxResults: 100, NextToken: token });
    const { Flows = [], NextToken: next } = await aws.call(request, (options) =>
      client.send(command, options),
    );
    return { items: Flows.flatMap(({ FlowArn }) => FlowArn ?? []), next };
  });
  for await (const { items } of listing) arns.push(...items);
  return arns;
}

function toFlow(
  flow: Flow,
  messages: DescribeFlowResponse['Messages'],
  arn: string,
  region: string,
): FlowState {
  const onlySource = flow.Source ? [flow.Source] : [];
  // If a flow has several sources, `Source` repeats the first of `Sources`.
  const sources = flow.Sources?.length ? flow.Sources : onlySource;
  return {
    arn: flow.FlowArn ?? arn,
    name: flow.Name ?? '',
    region,
    status: flow.Status ?? '',
    parts: [
      ...sources.map(toSource),
      ...(flow.Outputs ?? []).map(toOutput),
      ...(flow.Entitlements ?? []).map(toEntitlement),
    ],
    errors: stringsIn(messages?.Errors),
    response: flow,
  };
}

/** Returns the strings in a list; none if `list` is not a list. */
function stringsIn(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
}

function toSource(source: Source & RouterIntegration): FlowPart {
  const { Name: name = '', SourceArn: arn = '', Transport, Decryption } = source;
  const transit = source.RouterIntegrationTransitDecryption;
  return {
    kind: 'source',
    name,
    arn,
    protocol: Transport?.Protocol || undefined,
    encryption: encryptionOf(Decryption),
    transit: transit && transitOf(transit),
    routerIntegration: source.RouterIntegrationState,
    connectedTo: source.ConnectedRouterOutputArn,
  };
}

function toOutput(output: Output & RouterIntegration): FlowPart {
  const { Name: name = '', OutputArn: arn = '', Transport, Encryption } = output;
  const transit = output.RouterIntegrationTransitEncryption;
  return {
    kind: 'output',
    name,
    arn,
    protocol: Transport?.Protocol || undefined,
    encryption: encryptionOf(Encryption),
    transit: transit && transitOf(transit),
    routerIntegration: output.RouterIntegrationState,
    connectedTo: output.ConnectedRouterInputArn,
  };
}

function toEntitlement({ Name: name = '', EntitlementArn: arn = '', Encryption }: Entitlement): FlowPart {
  return { kind: 'entitlement', name, arn, encryption: encryptionOf(Encryption) };
}

/** Returns transit encryption settings with an omitted key type filled in. */
export function transitOf(settings: TransitSettings): TransitEncryption {
  const secret = settings.EncryptionKeyConfiguration?.SecretsManager;
  return {
    keyType: settings.EncryptionKeyType ?? (secret ? 'SECRETS_MANAGER' : 'AUTOMATIC'),
    roleArn: secret?.RoleArn || undefined,
    secretArn: secret?.SecretArn || undefined,
  };
}

/** The default key type is a static key (MediaConnect API reference, `Encryption`, `keyType`). */
function encryptionOf(settings: Encryption | undefined): FlowEncryption | undefined {
  if (!settings) return undefined;
  const { KeyType: keyType = 'static-key', Algorithm: algorithm, RoleArn, SecretArn } = settings;
  return { keyType, algorithm, roleArn: RoleArn || undefined, secretArn: SecretArn || undefined };
}
