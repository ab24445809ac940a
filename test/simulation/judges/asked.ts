import type { Run, Write } from '../run.ts';
import type { Command, SetupCommand, TeardownCommand } from '../stories/story.ts';
import { longName } from '../stories/vocabulary.ts';
import type { SecretShot } from '../world/snapshot.ts';

/** A key that `setup` has said MediaConnect can read. */
export interface EstablishedKey {
  readonly secret: string;
  readonly region: string;
  readonly policy: string;
  readonly role: string;
}

/** A policy that a killed run has detached from a role. */
interface Detached {
  readonly policyArn: string;
  readonly role: string;
}

type SetupKey = Omit<SetupCommand, 'kind' | 'sourceArns'>;

/** A command of the story, as it was played. */
export interface PlayedRun {
  readonly command: Command;
  readonly run: Run;
}

/** What was asked for in a story so far: what may have changed, and what must work. */
export class Asked {
  readonly setups: SetupKey[] = [];
  readonly teardowns: TeardownCommand[] = [];
  /** Secrets whose values were to be replaced, or whose labels somebody moved, by region and name. */
  readonly replaced = new Set<string>();
  readonly established = new Map<string, EstablishedKey>();
  /** Entries that somebody added to a policy by hand. */
  readonly byHand: { readonly policy: string; readonly secret: string }[] = [];
  /** Roles to which somebody attached a policy of AWS's, in lower case. */
  readonly attachedByOthers = new Set<string>();
  /** What killed runs have detached and not attached again. */
  readonly excused: Detached[] = [];
  /** When a teardown has last changed something, by the command. */
  readonly #removals = new Map<TeardownCommand, number>();
  #exports = false;

  /** Takes in commands that were played at the same time. */
  take(played: readonly PlayedRun[]): void {
    const tornDown = new Set<string>();
    for (const { command, run } of played) {
      this.#note(command);
      if (run.state === 'killed') this.#excuse(run.writes);
      if (command.kind !== 'teardown') continue;
      this.#removals.set(command, run.writes.at(-1)?.at ?? Number.NEGATIVE_INFINITY);
      for (const region of command.regions) tornDown.add(`${region} ${longName(command.secret)}`);
    }
    for (const [id, key] of this.established)
      if (tornDown.has(`${key.region} ${key.secret}`)) this.established.delete(id);
    for (const { command, run } of played) {
      if (run.code !== 0) continue;
      for (const key of keysOf(command)) {
        const secret = longName(key.secret);
        for (const region of key.regions) {
          if (tornDown.has(`${region} ${secret}`)) continue;
          const { policy, role } = key;
          if (this.#wasOutOfSight(run, key)) continue;
          this.established.set(`${region} ${secret} ${role}`, { secret, region, policy, role });
        }
      }
    }
  }

  /** Whether a teardown has removed the policy or the role, and IAM showed the run what there was before that to its end. */
  #wasOutOfSight({ endedAt, oldestViewMs }: Run, { policy, role }: SetupKey): boolean {
    return [...this.#removals].some(
      ([removed, at]) =>
        at > endedAt - oldestViewMs && (removed.policy === policy || isSameRole(removed.role, role)),
    );
  }

  #note(command: Command): void {
    this.setups.push(...keysOf(command));
    if (command.kind === 'teardown') this.teardowns.push(command);
    if (command.kind === 'export') this.#exports = true;
    const replacing =
      command.kind === 'rotate' ? [command] : keysOf(command).filter((key) => key.existingKey === 'replace');
    for (const { regions, secret } of replacing)
      for (const region of regions) this.replaced.add(`${region} ${longName(secret)}`);
  }

  /** The documented gap: a run that is killed after it has detached a policy, and before it attaches it again. */
  #excuse(writes: readonly Write[]): void {
    const done = writes.filter(({ refused }) => !refused);
    for (const [index, { name, input }] of done.entries()) {
      if (name !== 'iam:DetachRolePolicy') continue;
      const { PolicyArn = '', RoleName = '' } = JSON.parse(input) as Record<string, string>;
      const isOver = done
        .slice(index)
        .some(
          (later) =>
            (later.name === 'iam:AttachRolePolicy' && later.input === input) ||
            (later.name === 'iam:DeletePolicy' && later.input.includes(`"${PolicyArn}"`)),
        );
      if (!isOver) this.excused.push({ policyArn: PolicyArn, role: RoleName });
    }
  }

  /** Whether a killed run is the reason that a role cannot read a secret. */
  isExcused({ name }: { readonly name: string }): boolean {
    return this.excused.some(({ role }) => isSameRole(role, name));
  }

  /** Whether a command has named a policy, by itself or as one of its numbered ones. */
  namesPolicy(name: string): boolean {
    return [...this.setups, ...this.teardowns].some(({ policy }) => isNumbered(name, policy));
  }

  namesRole(name: string): boolean {
    return [...this.setups, ...this.teardowns].some(({ role }) => isSameRole(role, name));
  }

  /** Whether a secret was to be taken down, so that its entries may go. */
  isTornDown(region: string, name: string): boolean {
    return this.teardowns.some(
      ({ secret, regions }) => longName(secret) === name && regions.some((each) => each === region),
    );
  }

  /** The names of policies that a role was to have, and of those that it had. */
  policiesOf(role: string): string[] {
    return this.setups.filter((key) => isSameRole(key.role, role)).map(({ policy }) => policy);
  }

  /** Whether more than one role was to have a policy: each keeps the policy from being deleted with the other. */
  isShared(name: string): boolean {
    const roles = this.setups
      .filter(({ policy }) => isNumbered(name, policy))
      .map(({ role }) => role.toLowerCase());
    return new Set(roles).size > 1;
  }

  /** Whether a policy was to allow more than named secrets: such a one stays, as others may rely on it. */
  isWide(name: string): boolean {
    return this.setups.some(({ policy, scope }) => scope !== 'secrets' && isNumbered(name, policy));
  }

  /** Whether those who have a policy may read a secret because a command, or somebody by hand, has asked for that. */
  mayRead(policy: string, region: string, name: string): boolean {
    return (
      this.setups.some((key) => isNumbered(policy, key.policy) && isInScope(key, region, name)) ||
      this.byHand.some((entry) => entry.policy === policy && longName(entry.secret) === name)
    );
  }

  /** Whether `export` has made a manifest of what there is, and so has named it all. */
  get exported(): boolean {
    return this.#exports;
  }
}

/** The keys that a command sets up. */
export function keysOf(command: Command): SetupKey[] {
  if (command.kind === 'setup') return [command];
  return command.kind === 'manifest' ? [...command.keys] : [];
}

/** Names of roles are not distinguished by case. */
export function isSameRole(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Whether a name is that of a policy, or of one of its further ones: `NAME-2`, `NAME-3`, … */
export function isNumbered(name: string, base: string): boolean {
  return name === base || (name.startsWith(`${base}-`) && /^-\d+$/.test(name.slice(base.length)));
}

function isInScope({ scope, secret, regions }: SetupKey, region: string, name: string): boolean {
  const asked = longName(secret);
  if (scope === 'account') return true;
  if (!regions.some((each) => each === region)) return false;
  if (scope === 'region') return true;
  return scope === 'prefix' ? name.startsWith(asked.slice(0, 1)) : name === asked;
}

/** The resources that a document names. */
export function entriesOf(document: string): string[] {
  try {
    const { Statement } = JSON.parse(document) as { Statement: { Resource?: string | string[] }[] | object };
    return ([Statement].flat() as { Resource?: string | string[] }[]).flatMap(
      ({ Resource = [] }) => Resource,
    );
  } catch {
    return [];
  }
}

/** Whether an entry of a policy is for a secret: its ARN, or its name with six question marks. */
export function isEntryFor(entry: string, { arn }: Pick<SecretShot, 'arn'>): boolean {
  return entry === arn || entry === arn.replace(/-[A-Za-z0-9]{6}$/, '-??????');
}

/** The Region and the name that an entry is for; absent for a pattern. */
export function secretOfEntry(entry: string): { region: string; name: string } | undefined {
  const [, region, name] =
    /^arn:aws:secretsmanager:([^:*]+):\d+:secret:([^*]+)-[A-Za-z0-9?]{6}$/.exec(entry) ?? [];
  return region && name ? { region, name } : undefined;
}
