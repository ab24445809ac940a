import type { Run, Write } from '../run.ts';
import type { Command, SetupCommand, TeardownCommand } from '../stories/story.ts';
import { longName } from '../stories/vocabulary.ts';
import type { SecretShot } from '../world/snapshot.ts';

/** A key that MediaConnect can read, according to `setup`. */
export interface EstablishedKey {
  readonly secret: string;
  readonly region: string;
  readonly policy: string;
  readonly role: string;
}

/** A policy that a killed run detached from a role. */
interface Detached {
  readonly policyArn: string;
  readonly role: string;
}

type SetupKey = Omit<SetupCommand, 'kind' | 'sourceArns'>;

/** A command of the story with its run. */
export interface PlayedRun {
  readonly command: Command;
  readonly run: Run;
}

/** What the commands of a story have asked for so far: what may change, and what must work. */
export class Asked {
  readonly setups: SetupKey[] = [];
  readonly teardowns: TeardownCommand[] = [];
  /** Secrets whose values were to be replaced, or whose labels were moved by hand, by Region and name. */
  readonly replaced = new Set<string>();
  readonly established = new Map<string, EstablishedKey>();
  /** Entries that were added to a policy by hand. */
  readonly byHand: { readonly policy: string; readonly secret: string }[] = [];
  /** Roles to which an AWS managed policy was attached by hand, in lower case. */
  readonly attachedByOthers = new Set<string>();
  /** What killed runs detached and did not attach again. */
  readonly excused: Detached[] = [];
  /** The time of the last change of each teardown. */
  readonly #removals = new Map<TeardownCommand, number>();
  #exports = false;

  /** Adds commands that were played at the same time. */
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

  /** Returns true if a teardown removed the policy or the role, and IAM showed this run the earlier state until its end. */
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

  /** Records the documented gap: a run that is killed between detaching a policy and attaching it again. */
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

  /** Returns true if a killed run is the reason that a role cannot read a secret. */
  isExcused({ name }: { readonly name: string }): boolean {
    return this.excused.some(({ role }) => isSameRole(role, name));
  }

  /** Returns true if a command has named a policy, or the policy that it continues by number. */
  namesPolicy(name: string): boolean {
    return [...this.setups, ...this.teardowns].some(({ policy }) => isNumbered(name, policy));
  }

  namesRole(name: string): boolean {
    return [...this.setups, ...this.teardowns].some(({ role }) => isSameRole(role, name));
  }

  /** Returns true if a teardown was asked for a secret, so that its entries may be removed. */
  isTornDown(region: string, name: string): boolean {
    return this.teardowns.some(
      ({ secret, regions }) => longName(secret) === name && regions.some((each) => each === region),
    );
  }

  /** Returns the names of the policies that commands have asked for a role. */
  policiesOf(role: string): string[] {
    return this.setups.filter((key) => isSameRole(key.role, role)).map(({ policy }) => policy);
  }

  /** Returns true if commands asked to attach a policy to several roles: each one prevents its deletion with the other. */
  isShared(name: string): boolean {
    const roles = this.setups
      .filter(({ policy }) => isNumbered(name, policy))
      .map(({ role }) => role.toLowerCase());
    return new Set(roles).size > 1;
  }

  /** Returns true if a policy was to allow more than named secrets. It stays, because others may rely on it. */
  isWide(name: string): boolean {
    return this.setups.some(({ policy, scope }) => scope !== 'secrets' && isNumbered(name, policy));
  }

  /** Returns true if a command, or a change by hand, has asked that a policy allow a secret. */
  mayRead(policy: string, region: string, name: string): boolean {
    return (
      this.setups.some((key) => isNumbered(policy, key.policy) && isInScope(key, region, name)) ||
      this.byHand.some((entry) => entry.policy === policy && longName(entry.secret) === name)
    );
  }

  /** True if `export` has made a manifest of everything, and so has named everything. */
  get exported(): boolean {
    return this.#exports;
  }
}

/** Returns the keys that a command sets up. */
export function keysOf(command: Command): SetupKey[] {
  if (command.kind === 'setup') return [command];
  return command.kind === 'manifest' ? [...command.keys] : [];
}

/** Returns true if two role names are the same to IAM, which ignores case. */
export function isSameRole(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Returns true if a name is that of a policy or of one of its numbered policies: `NAME-2`, `NAME-3`, … */
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

/** Returns the resources that a document names. */
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

/** Returns true if an entry of a policy is for a secret: its ARN, or its name with six question marks. */
export function isEntryFor(entry: string, { arn }: Pick<SecretShot, 'arn'>): boolean {
  return entry === arn || entry === arn.replace(/-[A-Za-z0-9]{6}$/, '-??????');
}

/** Returns the Region and the name that an entry is for; undefined for a pattern. */
export function secretOfEntry(entry: string): { region: string; name: string } | undefined {
  const [, region, name] =
    /^arn:aws:secretsmanager:([^:*]+):\d+:secret:([^*]+)-[A-Za-z0-9?]{6}$/.exec(entry) ?? [];
  return region && name ? { region, name } : undefined;
}
