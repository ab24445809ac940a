import type { SandboxState } from '../../src/sandbox/sandbox-state.ts';
import { setupMessages } from '../../src/ui/messages.ts';
import { type Access, accessIn, gains, unreadable } from './judges/access.ts';
import { Asked, keysOf, type PlayedRun } from './judges/asked.ts';
import type { AccessJudge } from './judges/policies.ts';
import { changedUnasked, keysShown, leftAfterTeardown } from './judges/rest.ts';
import type { Violation } from './judges/violation.ts';
import { judgeWrites, mayFailHalfway, SHOWN_AFTER_MS } from './judges/writes.ts';
import { Run } from './run.ts';
import { Endless, Simulation } from './simulation.ts';
import { carryOut, type MakeClients } from './stories/commands.ts';
import type { Act, Command, Fault, Story, TeardownCommand } from './stories/story.ts';
import { KEYS } from './stories/vocabulary.ts';
import { accountOf, doOther } from './world/account.ts';
import { accountOrThrow } from './world/delivery.ts';
import { lightClients } from './world/light-clients.ts';
import { Schedule } from './world/schedule.ts';
import { type Snapshot, snapshotOf } from './world/snapshot.ts';
import { beginTime, endTime } from './world/virtual-time.ts';
import { wireClients } from './world/wire-clients.ts';

/** The result of a story. */
export interface Tale {
  /** Empty if no rule is broken. A story ends with the act that breaks one. */
  readonly violations: readonly Violation[];
  /** The commands that were played, including repeated ones. */
  readonly played: readonly PlayedRun[];
  readonly account: Snapshot;
  readonly requests: number;
}

export interface PlayOptions {
  /** Caches its results, so stories should share it. */
  readonly judge: AccessJudge;
  /** True if requests go through the SDK's clients and the wire format, which takes about ten times as long. */
  readonly wire?: boolean;
}

/** A secret that is scheduled for deletion shows what its resource policy denies only after it is restored. */
const SHOWS_THE_DENIAL: ReadonlySet<string> = new Set(['secretsmanager:RestoreSecret']);
/** The SDK's clients, and modules that are loaded on demand, need more than one turn of the event loop. */
const TURNS_ON_THE_WIRE = 12;

/** Plays a story and judges it. */
export async function playStory(story: Story, options: PlayOptions): Promise<Tale> {
  const clock = beginTime(story.seed);
  const { stackTraceLimit } = Error;
  // Each request creates an error that nobody sees; collecting its stack would cost more than everything else.
  Error.stackTraceLimit = 0;
  try {
    const sandbox = accountOf(story);
    const stale = story.acts.some(({ commands }) =>
      commands.some(({ faults }) => faults.some(({ kind }) => kind === 'stale')),
    );
    if (stale) accountOrThrow(sandbox, 'us-west-2').iam.keepHistory();
    const simulation = new Simulation(
      sandbox,
      clock,
      new Schedule(story.choices),
      options.wire ? TURNS_ON_THE_WIRE : 1,
    );
    return await new Player(story, sandbox, simulation, options).play();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    endTime();
  }
}

class Player {
  readonly #story: Story;
  readonly #sandbox: SandboxState;
  readonly #simulation: Simulation;
  readonly #judge: AccessJudge;
  readonly #options: PlayOptions;
  readonly #asked = new Asked();
  readonly #played: PlayedRun[] = [];
  /** The account before the first command, which must not change unasked. */
  #before: Snapshot;
  /** The number of changes, with their time. */
  readonly #earlier: { at: number; changes: number }[] = [];
  #requests = 0;

  constructor(story: Story, sandbox: SandboxState, simulation: Simulation, options: PlayOptions) {
    this.#story = story;
    this.#sandbox = sandbox;
    this.#simulation = simulation;
    this.#options = options;
    this.#judge = options.judge;
    this.#before = snapshotOf(sandbox);
  }

  async play(): Promise<Tale> {
    const was = await accessIn(this.#judge, this.#before);
    let violations: Violation[] = [];
    for (const act of this.#story.acts) {
      violations = await this.#playAct(act, was);
      if (violations.length > 0) break;
    }
    if (violations.length === 0 && this.#story.tearsDown) violations = await this.#tearAllDown(was);
    const account = snapshotOf(this.#sandbox);
    return {
      violations: [...violations, ...keysShown(this.#played, account, Object.values(KEYS))],
      played: this.#played,
      account,
      requests: this.#requests,
    };
  }

  async #playAct({ pause, others, commands }: Act, was: Access): Promise<Violation[]> {
    this.#simulation.clock.pass(pause * 1000);
    for (const other of others) {
      doOther(this.#sandbox, other);
      if (other.other === 'attach-own') this.#asked.attachedByOthers.add(other.role.toLowerCase());
      if (other.other === 'add-entry') this.#asked.byHand.push(other);
      if (other.other === 'move-labels') this.#asked.replaced.add(`us-west-2 ${other.secret}`);
    }
    this.#earlier.push({ at: this.#simulation.clock.now, changes: others.length });
    const scene = this.#scene();
    const played = await this.#run(commands);
    if ('violation' in played) return [played.violation];
    this.#asked.take(played.runs);
    const violations = [...this.#writesOf(played.runs, scene), ...(await this.#judgeNow(was))];
    return violations.length > 0 ? violations : this.#playAgain(played.runs, was);
  }

  /** Plays commands concurrently. */
  async #run(
    commands: readonly { command: Command; faults?: readonly Fault[] }[],
  ): Promise<{ runs: PlayedRun[] } | { violation: Violation }> {
    const runs = commands.map(({ command, faults = [] }) => ({
      command,
      run: new Run(
        `${this.#played.length + commands.findIndex((each) => each.command === command)} ${command.kind}`,
        faults,
      ),
    }));
    this.#played.push(...runs);
    try {
      await this.#simulation.play(
        runs.map(({ command, run }) => ({
          run,
          begin: () => carryOut(this.#sandbox, run, command, this.#clientsOf(run)),
        })),
      );
      return { runs };
    } catch (error) {
      if (!(error instanceof Endless)) throw error;
      return {
        violation: {
          invariant: 'a command ends',
          what: error.message,
          details: runs.map(({ run }) => run.log),
        },
      };
    }
  }

  #clientsOf(run: Run): MakeClients {
    const send = this.#simulation.sender(run);
    const make = this.#options.wire ? wireClients : lightClients;
    return make(this.#sandbox, (request) => {
      this.#requests += 1;
      return send(request);
    });
  }

  #scene(): { before: Snapshot; begun: number } {
    return { before: snapshotOf(this.#sandbox), begun: this.#simulation.clock.now };
  }

  /** @param before the account before the runs, and the time at which they began */
  #writesOf(runs: readonly PlayedRun[], { before, begun }: { before: Snapshot; begun: number }): Violation[] {
    const { now } = this.#simulation.clock;
    const earlier = this.#earlier
      .filter(({ at }) => begun - at < SHOWN_AFTER_MS)
      .reduce((sum, { changes }) => sum + changes, 0);
    const violations = runs.flatMap((played) => {
      const others = runs.filter(({ run }) => run !== played.run);
      const meanwhile = others.reduce((sum, { run }) => sum + run.writes.length, earlier);
      return judgeWrites(played, { before, meanwhile });
    });
    this.#earlier.push({ at: now, changes: runs.reduce((sum, { run }) => sum + run.writes.length, 0) });
    return violations;
  }

  async #judgeNow(was: Access): Promise<Violation[]> {
    const now = snapshotOf(this.#sandbox);
    const changed = changedUnasked(this.#asked, this.#before, now);
    const violations = [
      ...(await unreadable(this.#judge, this.#asked, now)),
      ...(await gains(this.#judge, this.#asked, { before: this.#before, was }, now)),
      ...changed.violations,
    ];
    this.#before = changed.before;
    return violations;
  }

  /** Repeats each disturbed run that failed, which must succeed then, and runs that succeeded, which must write nothing. */
  async #playAgain(runs: readonly PlayedRun[], was: Access): Promise<Violation[]> {
    for (const { command, run } of runs) {
      const failed = run.code !== 0;
      if (failed ? !run.disturbed : !this.#story.again || runs.length > 1 || mayLeaveSomething(command, run))
        continue;
      this.#simulation.clock.pass(60_000);
      const scene = this.#scene();
      const again = await this.#run([{ command }]);
      if ('violation' in again) return [again.violation];
      const [second] = again.runs;
      if (!second) continue;
      this.#asked.take(again.runs);
      const { run: next } = second;
      if (!failed && next.writes.length > 0) {
        return [
          {
            invariant: 'the same command again writes nothing',
            what: `${command.kind} again: ${next.writes
              .map(({ name }) => name)
              .join(', ')
              .slice(0, 500)}`,
            details: [run.log, next.log],
          },
        ];
      }
      const finished =
        next.code === 0 ||
        next.code === 3 ||
        (next.code === 4 && next.writes.every(({ name }) => SHOWS_THE_DENIAL.has(name))) ||
        (next.code === 1 && (mayFailHalfway(command) || isNotFound(next.log) || isInPlace(next.log)));
      const half = this.#writesOf(again.runs, scene);
      if (half.length > 0) return half;
      if (failed && !finished && next.code !== run.code) {
        return [
          {
            invariant: 'the same command finishes',
            what: `${command.kind} ended with ${run.code ?? 'a kill'}, and again with ${next.code}`,
            details: [run.log, next.log],
          },
        ];
      }
      const violations = await this.#judgeNow(was);
      if (violations.length > 0) return violations;
    }
    return [];
  }

  async #tearAllDown(was: Access): Promise<Violation[]> {
    const teardowns = new Map<string, TeardownCommand>();
    for (const { secret, regions, policy, role } of this.#asked.setups) {
      for (const region of regions)
        teardowns.set(`${secret} ${region} ${policy} ${role}`, {
          kind: 'teardown',
          secret,
          regions: [region],
          policy,
          role,
        });
    }
    let stopped = false;
    for (const command of teardowns.values()) {
      this.#simulation.clock.pass(60_000);
      const played = await this.#run([{ command }]);
      if ('violation' in played) return [played.violation];
      this.#asked.take(played.runs);
      stopped ||= played.runs.some(({ run }) => run.code !== 0);
    }
    const violations = await this.#judgeNow(was);
    // A teardown that stops, such as at a secret without the tool tag, leaves the rest.
    if (violations.length > 0 || stopped) return violations;
    return leftAfterTeardown(this.#asked, this.#before, snapshotOf(this.#sandbox));
  }
}

/**
 * True for a command that may have something to do when it is repeated: one that changes something each time, or a teardown
 * to which IAM has not shown everything.
 */
function mayLeaveSomething(command: Command, run: Run): boolean {
  if (command.kind === 'teardown') return run.staleCount > 0;
  if (command.kind === 'rotate') return command.key === 'generate' || command.key === 'rollback';
  return keysOf(command).some(({ key, existingKey }) => key === 'generate' && existingKey === 'replace');
}

/** True if another run has done everything already; the checks say whether it works. */
function isInPlace(log: string): boolean {
  return log.includes(setupMessages.nothingToDo);
}

/** True for a teardown of something that does not exist: it fails and has nothing to complete. */
function isNotFound(log: string): boolean {
  return /Secret .* not found in .* or in any policy\./.test(log);
}
