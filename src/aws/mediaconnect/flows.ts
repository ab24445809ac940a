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

/** Encryption settings of a flow (MediaConnect API reference, `Encryption`). Texts are as AWS sent them. */
export interface FlowEncryption {
  /** `static-key`, `srt-password` or `speke`. Without one, the setting is a static key. */
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
  const answer = await orAbsent(
    aws.call(request, (options) => client.send(new DescribeWholeFlowCommand({ FlowArn: flowArn }), options)),
  );
  return answer?.Flow && toFlow({ Flow: answer.Flow, Messages: answer.Messages }, flowArn, region);
}

/** The time limit for each page of a list, in milliseconds. */
export type ListLimit = { limitMs?: number };

/** Returns the ARNs of all flows in a Region. */
export async function listFlowArns(aws: Aws, region: string, limit: ListLimit = {}): Promise<string[]> {
  const client = await aws.clients.mediaConnect(region);
  const request = { action: 'mediaconnect:ListFlows', resource: '*', region, ...limit };
  const arns: string[] = [];
  const listing = pages(async (token) => {
    const command = new ListFlowsCommand({ MaxResults: 100, NextToken: token || undefined });
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
  // If a flow has several sources, `Source` repeats the first of `Sources`.
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
        ...identityOf('entitlement', Name, EntitlementArn),
        ...encryptionOf(Encryption),
      })),
    ],
    errors: textsIn(messages?.Errors),
    response: flow,
  };
}

/** Returns the texts in a list; empty if it is not a list. */
function textsIn(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
}

function toSource(source: Source & RouterIntegration): FlowPart {
  const { Name, SourceArn, Transport, Decryption } = source;
  return {
    ...identityOf('source', Name, SourceArn),
    ...protocolOf(Transport),
    ...encryptionOf(Decryption),
    ...routingOf(source, source.RouterIntegrationTransitDecryption, source.ConnectedRouterOutputArn),
  };
}

function toOutput(output: Output & RouterIntegration): FlowPart {
  const { Name, OutputArn, Transport, Encryption } = output;
  return {
    ...identityOf('output', Name, OutputArn),
    ...protocolOf(Transport),
    ...encryptionOf(Encryption),
    ...routingOf(output, output.RouterIntegrationTransitEncryption, output.ConnectedRouterInputArn),
  };
}

function identityOf(kind: FlowPart['kind'], name = '', arn = '') {
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
    transit: settings ? transitOf(settings) : undefined,
    routerIntegration: state,
    connectedTo,
  };
}

/** Returns transit encryption settings with an omitted key type filled in. */
export function transitOf({
  EncryptionKeyType,
  EncryptionKeyConfiguration,
}: TransitSettings): TransitEncryption {
  const { SecretArn, RoleArn } = EncryptionKeyConfiguration?.SecretsManager ?? {};
  const hasSecret = EncryptionKeyConfiguration?.SecretsManager !== undefined;
  return {
    keyType: EncryptionKeyType ?? (hasSecret ? 'SECRETS_MANAGER' : 'AUTOMATIC'),
    roleArn: RoleArn || undefined,
    secretArn: SecretArn || undefined,
  };
}

/** If AWS omits the key type, it is a static key (MediaConnect API reference, `Encryption`, `keyType`). */
function encryptionOf(settings: Encryption | undefined): { encryption?: FlowEncryption } {
  if (!settings) return {};
  const { KeyType: keyType = 'static-key', Algorithm, RoleArn, SecretArn } = settings;
  return {
    encryption: {
      keyType,
      algorithm: Algorithm,
      roleArn: RoleArn || undefined,
      secretArn: SecretArn || undefined,
    },
  };
}
