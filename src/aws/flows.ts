import {
  DescribeFlowCommand,
  type Encryption,
  type Flow,
  ListFlowsCommand,
  type Source,
} from '@aws-sdk/client-mediaconnect';
import { parseArn } from './arn.ts';
import { pages } from './pages.ts';
import { type Aws, orAbsent } from './session.ts';
import { atMost } from './together.ts';

/** Encryption settings as a flow has them (MediaConnect API reference, `Encryption`). Texts are as AWS sent them. */
export interface FlowEncryption {
  /** `static-key`, `srt-password` or `speke`; a setting without one is a static key. */
  keyType: string;
  algorithm?: string;
  roleArn?: string;
  secretArn?: string;
}

/** A source, an output or an entitlement of a flow. */
export interface FlowPart {
  kind: 'source' | 'output' | 'entitlement';
  name: string;
  arn: string;
  /** Such as `zixi-push`; absent for an entitlement, and for a source that comes through one. */
  protocol?: string;
  /** Absent when the part is not encrypted. */
  encryption?: FlowEncryption;
}

/** A flow as it exists. */
export interface FoundFlow {
  arn: string;
  name: string;
  region: string;
  /** Such as `ACTIVE` or `STANDBY`. */
  status: string;
  parts: FlowPart[];
}

/** A flow that has a secret in its encryption settings, and the parts of it that have. */
export interface FlowUse {
  flow: FoundFlow;
  parts: FlowPart[];
}

/** How fast they go is the pace's matter (`QUOTAS`); what is under way at once takes memory. */
const FLOWS_AT_ONCE = 8;

/** Reads a flow, in the Region that its ARN names; answers `undefined` when it is not there. */
export async function readFlow(aws: Aws, flowArn: string): Promise<FoundFlow | undefined> {
  const region = parseArn(flowArn)?.region ?? '';
  const client = await aws.clients.mediaConnect(region);
  const request = { action: 'mediaconnect:DescribeFlow', resource: flowArn, region };
  const answer = await orAbsent(
    aws.call(request, (options) => client.send(new DescribeFlowCommand({ FlowArn: flowArn }), options)),
  );
  return answer?.Flow && toFlow(answer.Flow, flowArn, region);
}

/** The ARNs of all flows of a Region, page by page. */
async function listFlowArns(aws: Aws, region: string): Promise<string[]> {
  const client = await aws.clients.mediaConnect(region);
  const request = { action: 'mediaconnect:ListFlows', resource: '*', region };
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

/**
 * The flows of the Region that have one of the secrets in any of their encryption settings, by the ARN of the secret. Secrets
 * Manager takes an ARN without the six random characters too (API reference, `GetSecretValue`, `SecretId`). All flows are
 * looked at once, however many secrets it is about.
 */
export async function flowsUsing(
  aws: Aws,
  region: string,
  secretArns: string[],
): Promise<Map<string, FlowUse[]>> {
  const spellings = new Map(
    secretArns.flatMap((arn) => [arn, arn.replace(/-[A-Za-z0-9]{6}$/, '')].map((text) => [text, arn])),
  );
  const uses = new Map<string, FlowUse[]>();
  const arns = await listFlowArns(aws, region);
  await atMost(FLOWS_AT_ONCE, arns, async (flowArn) => {
    // A flow that is deleted between the list and the look uses nothing any more.
    const flow = await readFlow(aws, flowArn);
    if (!flow) return;
    for (const [secret, parts] of partsBySecret(flow, spellings))
      uses.set(secret, [...(uses.get(secret) ?? []), { flow, parts }]);
  });
  return uses;
}

function partsBySecret({ parts }: FoundFlow, spellings: Map<string, string>): Map<string, FlowPart[]> {
  const found = new Map<string, FlowPart[]>();
  for (const part of parts) {
    const secret = spellings.get(part.encryption?.secretArn ?? '');
    if (secret !== undefined) found.set(secret, [...(found.get(secret) ?? []), part]);
  }
  return found;
}

function toFlow(flow: Flow, arn: string, region: string): FoundFlow {
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
      ...(flow.Outputs ?? []).map(({ Name, OutputArn, Transport, Encryption }) => ({
        ...named('output', Name, OutputArn),
        ...protocolOf(Transport),
        ...encryptionOf(Encryption),
      })),
      ...(flow.Entitlements ?? []).map(({ Name, EntitlementArn, Encryption }) => ({
        ...named('entitlement', Name, EntitlementArn),
        ...encryptionOf(Encryption),
      })),
    ],
  };
}

function toSource({ Name, SourceArn, Transport, Decryption }: Source): FlowPart {
  return { ...named('source', Name, SourceArn), ...protocolOf(Transport), ...encryptionOf(Decryption) };
}

function named(kind: FlowPart['kind'], name = '', arn = '') {
  return { kind, name, arn };
}

function protocolOf(transport: Source['Transport']): { protocol?: string } {
  return transport?.Protocol ? { protocol: transport.Protocol } : {};
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
