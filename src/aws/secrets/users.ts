import { Failure, hasAwsCode, isAccessDenied, isCredentialFailure } from '../../failure.ts';
import { groupedBy } from '../../text.ts';
import { type FlowState, type ListLimit, listFlowArns, readFlow } from '../mediaconnect/flows.ts';
import { listRouterArns, pathOf, type RouterState, readRouter } from '../mediaconnect/routers.ts';
import { allSettledOrThrow, atMost } from '../requests/concurrency.ts';
import type { Aws } from '../session.ts';
import { userMessages as messages } from './messages.ts';

/**
 * The kinds of users of a secret: MediaConnect resources whose settings can name it. In this file and its messages, a user is
 * never an IAM user.
 */
const USER_KINDS = ['flow', 'routerInput', 'routerOutput'] as const;
export type UserKind = (typeof USER_KINDS)[number];

/** A flow, router input or router output that names a secret. */
export interface SecretUser {
  kind: UserKind;
  arn: string;
  /** The parts that name the secret, such as `output studio`, or the path of the field. Never empty. */
  places: string[];
  /** True if all these parts have no effect because their router integration is disabled. */
  disabled: boolean;
  /** The flow, router input or router output as it was read. */
  resource: FlowState | RouterState;
}

/** Says that all or some of the users of one kind in one Region could not be read. */
interface UnseenUsers {
  region: string;
  kind: UserKind;
  failure: Failure;
}

/** The users that were found, by secret ARN, and those that could not be read. */
interface FoundUsers {
  users: Map<string, SecretUser[]>;
  unseen: UnseenUsers[];
}

/** Users read at the same time in one Region. Limits memory use; the rate of requests is limited by `QUOTAS`. */
const READ_AT_ONCE = 8;

/**
 * Finds everything in a Region that names one of the secrets, in any field, including fields that are newer than this program.
 * Secrets Manager also accepts an ARN without the six random characters (API reference, `GetSecretValue`, `SecretId`). Flows and
 * router resources are read once, regardless of the number of secrets.
 * @param limit the time limit for each page of a list, if the result is optional
 * @throws Failure if the caller's credentials are invalid
 */
export async function findUsers(
  aws: Aws,
  region: string,
  secretArns: string[],
  limit: ListLimit = {},
): Promise<FoundUsers> {
  const spellings = new Map(secretArns.flatMap((arn) => spellingsOf(arn).map((text) => [text, arn])));
  const found: FoundUsers = { users: new Map(), unseen: [] };
  const searches = USER_KINDS.map(async (kind) => {
    const failure = await failureOf(async () => {
      const failures: Failure[] = [];
      await atMost(READ_AT_ONCE, await listArns(aws, kind, region, limit), async (arn) => {
        // Access can be denied for a single resource. Any other failure would repeat for the next one.
        const denial = await failureOf(() => recordUses(aws, kind, arn, spellings, found), isAccessDenied);
        if (denial) failures.push(denial);
      });
      if (failures[0]) throw failures[0];
    });
    if (failure) found.unseen.push({ region, kind, failure });
  });
  await allSettledOrThrow(searches);
  return found;
}

/** Returns the ways to name a secret in a setting: its ARN, with or without the six random characters. */
export function spellingsOf(secretArn: string): string[] {
  return [secretArn, secretArn.replace(/-[A-Za-z0-9]{6}$/, '')];
}

/** Runs work and returns its failure if `isTolerable` returns true for it; throws all other errors. */
async function failureOf(
  work: () => Promise<void>,
  isTolerable: (failure: Failure) => boolean = (failure) => !isCredentialFailure(failure),
): Promise<Failure | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof Failure && isTolerable(error)) return error;
    throw error;
  }
}

function listArns(aws: Aws, kind: UserKind, region: string, limit: ListLimit): Promise<string[]> {
  return kind === 'flow' ? listFlowArns(aws, region, limit) : listRouterArns(aws, kind, region, limit);
}

/** Records which of the secrets a flow or router resource names. A resource that was deleted since it was listed names none. */
async function recordUses(
  aws: Aws,
  kind: UserKind,
  arn: string,
  spellings: ReadonlyMap<string, string>,
  { users }: FoundUsers,
): Promise<void> {
  const resource = kind === 'flow' ? await readFlow(aws, arn) : await readRouter(aws, kind, arn);
  if (!resource) return;
  const allUses = 'parts' in resource ? usesInFlow(resource) : usesByPath(resource.response);
  const searchedUses = allUses.flatMap((use) => {
    const secret = spellings.get(use.secretArn);
    return secret === undefined ? [] : [{ ...use, secret }];
  });
  for (const [secret, uses] of groupedBy(searchedUses, (use) => use.secret)) {
    const places = [...new Set(uses.map(({ place }) => place))];
    const disabled = uses.every((use) => use.disabled);
    users.set(secret, [...(users.get(secret) ?? []), { kind, arn, places, disabled, resource }]);
  }
}

/** A setting that names a secret. */
interface Use {
  secretArn: string;
  place: string;
  disabled: boolean;
}

/** Sources, outputs and entitlements are shown by name, everything else by path. */
function usesInFlow(flow: FlowState): Use[] {
  const response = flow.response as FlowResponse;
  const { Source: source, Sources = [], Outputs = [], Entitlements = [], ...otherFields } = response;
  // If a flow has several sources, `Source` repeats the first of `Sources`.
  const sources = Sources.length > 0 || !source ? Sources : [source];
  return [
    ...sources.flatMap((part) => usesInPart('source', part)),
    ...Outputs.flatMap((part) => usesInPart('output', part)),
    ...Entitlements.flatMap((part) => usesInPart('entitlement', part)),
    ...usesByPath(otherFields),
  ];
}

function usesByPath(value: object): Use[] {
  return secretsIn(value).map(({ secretArn, path }) => ({ secretArn, place: path, disabled: false }));
}

interface Part {
  Name?: string;
  RouterIntegrationState?: string;
}

/** The parts of a flow that have a name. */
interface FlowResponse {
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

/** Returns all secrets in a response, with the path of the setting that names each. */
function secretsIn(value: object, path = ''): { secretArn: string; path: string }[] {
  return Object.entries(value).flatMap(([name, member]) => {
    if (name === 'SecretArn' && typeof member === 'string') {
      const settingPath = path.replace(/\.encryptionKey(Configuration\.secretsManager)?$/, '');
      return [{ secretArn: member, path: settingPath }];
    }
    return typeof member === 'object' && member !== null ? secretsIn(member, pathOf(path, value, name)) : [];
  });
}

/**
 * Returns why users could not be read, if AWS and the network are not at fault: the caller isn't allowed to read them, or the
 * Region has no MediaConnect or no routers. Returns undefined for all other failures.
 */
export function reasonUnseen(failure: Failure): string | undefined {
  const { code, awsAction = '' } = failure;
  if (code === 'access-denied') return messages.denied(awsAction);
  if (code === 'no-such-endpoint') return messages.noEndpoint;
  return hasAwsCode(failure, 'UnknownOperationException', 'NotImplemented') ? messages.noRouters : undefined;
}
