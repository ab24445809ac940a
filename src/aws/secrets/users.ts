import { Failure, hasAwsCode, isAccessDenied, isCredentialFailure } from '../../failure.ts';
import { groupedBy } from '../../grouping.ts';
import { type FlowState, type ListLimit, listFlowArns, readFlow } from '../mediaconnect/flows.ts';
import { listRouterArns, pathOf, type RouterEndState, readRouterEnd } from '../mediaconnect/routers.ts';
import { allSettledOrThrow, atMost } from '../requests/concurrency.ts';
import type { Aws } from '../session.ts';
import { userMessages as messages } from './messages.ts';

/** What can use a secret, as far as AWS can show it: MediaConnect's resources that name secrets. */
export const USER_KINDS = ['flow', 'routerInput', 'routerOutput'] as const;
export type UserKind = (typeof USER_KINDS)[number];

/** A flow, a router input or a router output that names a secret. */
export interface SecretUser {
  kind: UserKind;
  arn: string;
  /** Where in it, such as `output studio`, or the path of the member: never empty. */
  places: string[];
  /** True when all these places have no effect, because the integration with routers is disabled there. */
  disabled: boolean;
  /** The flow, router input or router output as it was read. */
  found: FlowState | RouterEndState;
}

/** Users that could not be looked at. */
export interface UnseenUsers {
  region: string;
  kind: UserKind;
  failure: Failure;
}

/** The users that were found, by the ARN of the secret, and what could not be looked at. */
export interface FoundUsers {
  users: Map<string, SecretUser[]>;
  unseen: UnseenUsers[];
}

/** How fast they go is the pace's matter (`QUOTAS`); what is under way at once takes memory. */
const READ_AT_ONCE = 8;

/**
 * Finds everything in a Region that names one of the secrets, in any member: also in one that came to the API after this program.
 * Secrets Manager takes an ARN without the six random characters too (API reference, `GetSecretValue`, `SecretId`). All flows and
 * router ends are read once, however many secrets it is about.
 * @param limit how long a page of a list may take, where the answer matters less than the time
 * @throws Failure when the caller's credentials are wrong
 */
export async function findUsers(
  aws: Aws,
  region: string,
  secretArns: string[],
  limit: ListLimit = {},
): Promise<FoundUsers> {
  const spellings = new Map(secretArns.flatMap((arn) => spellingsOf(arn).map((text) => [text, arn])));
  const found: FoundUsers = { users: new Map(), unseen: [] };
  const looks = USER_KINDS.map(async (kind) => {
    const failure = await failureOf(async () => {
      const failures: Failure[] = [];
      await atMost(READ_AT_ONCE, await list(aws, kind, region, limit), async (arn) => {
        // A permission may be lacking for one of them only. What else fails would fail for the next one too.
        const denied = await failureOf(() => lookAt(aws, kind, arn, spellings, found), isAccessDenied);
        if (denied) failures.push(denied);
      });
      if (failures[0]) throw failures[0];
    });
    if (failure) found.unseen.push({ region, kind, failure });
  });
  await allSettledOrThrow(looks);
  return found;
}

/** Returns the texts that a setting can name a secret with: its ARN, with the six random characters or without. */
export function spellingsOf(secretArn: string): string[] {
  return [secretArn, secretArn.replace(/-[A-Za-z0-9]{6}$/, '')];
}

/** Does some work, and returns the failure that it ended with, if it is one that may be left. */
async function failureOf(
  work: () => Promise<void>,
  mayBeLeft: (failure: Failure) => boolean = (failure) => !isCredentialFailure(failure),
): Promise<Failure | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof Failure && mayBeLeft(error)) return error;
    throw error;
  }
}

function list(aws: Aws, kind: UserKind, region: string, limit: ListLimit): Promise<string[]> {
  return kind === 'flow' ? listFlowArns(aws, region, limit) : listRouterArns(aws, kind, region, limit);
}

/** Notes which of the secrets a flow or a router end names. What was deleted since it was listed names none any more. */
async function lookAt(
  aws: Aws,
  kind: UserKind,
  arn: string,
  spellings: ReadonlyMap<string, string>,
  { users }: FoundUsers,
): Promise<void> {
  const found = kind === 'flow' ? await readFlow(aws, arn) : await readRouterEnd(aws, kind, arn);
  if (!found) return;
  const all = 'parts' in found ? usesInFlow(found) : usesInRouter(found);
  const named = all.flatMap((use) => {
    const secret = spellings.get(use.secretArn);
    return secret === undefined ? [] : [{ ...use, secret }];
  });
  for (const [secret, uses] of groupedBy(named, (use) => use.secret)) {
    const places = [...new Set(uses.map(({ place }) => place))];
    const disabled = uses.every((use) => use.disabled);
    users.set(secret, [...(users.get(secret) ?? []), { kind, arn, places, disabled, found }]);
  }
}

/** A place that names a secret. */
interface Use {
  secretArn: string;
  place: string;
  disabled: boolean;
}

function usesInRouter(end: RouterEndState): Use[] {
  return secretsIn(end.all).map(({ secretArn, path }) => ({ secretArn, place: path, disabled: false }));
}

/** The sources, outputs and entitlements are named; anything else is shown by its path. */
function usesInFlow(flow: FlowState): Use[] {
  const { Source: source, Sources = [], Outputs = [], Entitlements = [], ...rest } = flow.all as WholeFlow;
  // `Source` repeats the first one of `Sources` where a flow has several.
  const sources = Sources.length > 0 || !source ? Sources : [source];
  return [
    ...sources.flatMap((part) => usesInPart('source', part)),
    ...Outputs.flatMap((part) => usesInPart('output', part)),
    ...Entitlements.flatMap((part) => usesInPart('entitlement', part)),
    ...secretsIn(rest).map(({ secretArn, path }) => ({ secretArn, place: path, disabled: false })),
  ];
}

interface Part {
  Name?: string;
  RouterIntegrationState?: string;
}

interface WholeFlow {
  Source?: Part;
  Sources?: Part[];
  Outputs?: Part[];
  Entitlements?: Part[];
}

function usesInPart(kind: string, part: Part): Use[] {
  const { Name = '', RouterIntegrationState } = part;
  return secretsIn(part).map(({ secretArn, path }) => ({
    secretArn,
    place: /^(encryption|decryption)$/.test(path) ? `${kind} ${Name}` : `${kind} ${Name}: ${path}`,
    disabled: path.startsWith('routerIntegration') && RouterIntegrationState === 'DISABLED',
  }));
}

/** Every secret that an answer names, by the path of the setting. */
function secretsIn(value: object, path = ''): { secretArn: string; path: string }[] {
  return Object.entries(value).flatMap(([name, member]) => {
    if (name === 'SecretArn' && typeof member === 'string')
      return [
        { secretArn: member, path: path.replace(/\.encryptionKey(Configuration\.secretsManager)?$/, '') },
      ];
    return typeof member === 'object' && member !== null ? secretsIn(member, pathOf(path, value, name)) : [];
  });
}

/**
 * Returns why users could not be looked at, in words, where that is no fault of AWS or the network: the caller may not, or the
 * Region has no MediaConnect, or no routers.
 */
export function reasonUnseen(failure: Failure): string | undefined {
  const { code, awsAction = '' } = failure;
  if (code === 'access-denied') return messages.denied(awsAction);
  if (code === 'no-such-endpoint') return messages.noEndpoint;
  return hasAwsCode(failure, 'UnknownOperationException', 'NotImplemented') ? messages.noRouters : undefined;
}
