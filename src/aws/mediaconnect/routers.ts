import { parseArn } from '../arn.ts';
import { pages } from '../requests/concurrency.ts';
import { type Aws, orAbsent } from '../session.ts';
import {
  GetRouterInputCommand,
  GetRouterOutputCommand,
  ListRouterInputsCommand,
  ListRouterOutputsCommand,
  type RouterKind,
} from './commands.ts';
import { type ListLimit, type TransitEncryption, type TransitSettings, transitOf } from './flows.ts';

export type { RouterKind } from './commands.ts';

/** A router input or a router output as it exists. */
export interface RouterEndState {
  kind: RouterKind;
  arn: string;
  name: string;
  region: string;
  /** The encryption settings in it, by the path of the member that has them, such as `transitEncryption`. */
  settings: RouterSetting[];
  /** The output of a flow that feeds an input, or the source of a flow that an output feeds, and its flow. */
  connectedTo?: { flowArn?: string; partArn?: string };
  /** What MediaConnect itself says about it. */
  messages: string[];
  /** All of it as AWS sent it, in the SDK's spelling. */
  all: object;
}

/** One encryption setting; an SRT one has a secret always. */
export type RouterSetting = { path: string } & (
  | { kind: 'transit'; transit: TransitEncryption }
  | { kind: 'srt'; secretArn?: string; roleArn?: string }
);

/** Members that are read, in the SDK's spelling. */
interface RouterAnswer {
  Arn?: string;
  Name?: string;
  Configuration?: {
    MediaConnectFlow?: { FlowArn?: string; FlowOutputArn?: string; FlowSourceArn?: string };
  };
  Messages?: unknown;
}

const COMMANDS = {
  routerInput: { get: GetRouterInputCommand, list: ListRouterInputsCommand, answer: 'RouterInput' },
  routerOutput: { get: GetRouterOutputCommand, list: ListRouterOutputsCommand, answer: 'RouterOutput' },
} as const;

/** Returns what an ARN of a router is of; undefined for all other ARNs (API reference, `GetRouterInput`). */
export function routerKindOf(arn: string): RouterKind | undefined {
  const { service, resource = '' } = parseArn(arn) ?? {};
  const kind = /^(routerInput|routerOutput):[a-z0-9]+$/.exec(resource)?.[1];
  return service === 'mediaconnect' ? (kind as RouterKind | undefined) : undefined;
}

/** Reads a router input or output, in the Region that its ARN names; returns undefined when there is none. */
export async function readRouterEnd(
  aws: Aws,
  kind: RouterKind,
  arn: string,
): Promise<RouterEndState | undefined> {
  const region = parseArn(arn)?.region ?? '';
  const client = await aws.clients.mediaConnect(region);
  const { get: Get, answer: member } = COMMANDS[kind];
  const request = { action: `mediaconnect:Get${member}`, resource: arn, region };
  const answer: object | undefined = await orAbsent(
    aws.call(request, (options) => client.send(new Get({ Arn: arn }), options)),
  );
  const found = answer && (answer as Record<string, RouterAnswer | undefined>)[member];
  return found && toRouterEnd(kind, found, { arn, region });
}

/** Returns the ARNs of all router inputs or outputs of a Region. */
export async function listRouterArns(
  aws: Aws,
  kind: RouterKind,
  region: string,
  limit: ListLimit = {},
): Promise<string[]> {
  const client = await aws.clients.mediaConnect(region);
  const { list: List, answer: member } = COMMANDS[kind];
  const request = { action: `mediaconnect:List${member}s`, resource: '*', region, ...limit };
  const arns: string[] = [];
  const listing = pages(async (token) => {
    const command = new List({ MaxResults: 100, ...(token ? { NextToken: token } : {}) });
    const answer = await aws.call(request, (options) => client.send(command, options));
    const items = (answer as unknown as Record<string, RouterAnswer[] | undefined>)[`${member}s`] ?? [];
    return { items: items.flatMap(({ Arn }) => Arn ?? []), next: answer.NextToken };
  });
  for await (const { items } of listing) arns.push(...items);
  return arns;
}

function toRouterEnd(
  kind: RouterKind,
  all: RouterAnswer,
  { arn, region }: { arn: string; region: string },
): RouterEndState {
  const { FlowArn, FlowOutputArn, FlowSourceArn } = all.Configuration?.MediaConnectFlow ?? {};
  const partArn = kind === 'routerInput' ? FlowOutputArn : FlowSourceArn;
  const messages = Array.isArray(all.Messages) ? all.Messages : [];
  return {
    kind,
    arn: all.Arn ?? arn,
    name: all.Name ?? '',
    region,
    settings: settingsIn(all, ''),
    ...(FlowArn || partArn
      ? { connectedTo: { ...(FlowArn ? { flowArn: FlowArn } : {}), ...(partArn ? { partArn } : {}) } }
      : {}),
    messages: messages.flatMap((each: { Message?: unknown }) =>
      typeof each?.Message === 'string' ? [each.Message] : [],
    ),
    all,
  };
}

/** Finds the encryption settings, wherever in a configuration they are. */
function settingsIn(value: object, path: string): RouterSetting[] {
  return Object.entries(value).flatMap(([name, member]): RouterSetting[] => {
    if (typeof member !== 'object' || member === null) return [];
    const here = pathOf(path, value, name);
    if (/Transit(Encryption|Decryption)$/.test(name))
      return [{ path: here, kind: 'transit', transit: transitOf(member as TransitSettings) }];
    if (name !== 'EncryptionKey') return settingsIn(member, here);
    const { SecretArn, RoleArn } = member as { SecretArn?: string; RoleArn?: string };
    return [
      {
        path,
        kind: 'srt',
        ...(SecretArn ? { secretArn: SecretArn } : {}),
        ...(RoleArn ? { roleArn: RoleArn } : {}),
      },
    ];
  });
}

/** Returns the path of a member as AWS spells it in JSON: `configuration.merge.protocolConfigurations[1]`. */
export function pathOf(path: string, parent: object, name: string): string {
  if (Array.isArray(parent)) return `${path}[${name}]`;
  const spelled = name.charAt(0).toLowerCase() + name.slice(1);
  return path === '' ? spelled : `${path}.${spelled}`;
}
