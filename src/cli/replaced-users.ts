import { findUsers, reasonUnseen, type SecretUser } from '../aws/secret-users.ts';
import type { FoundSecret } from '../aws/secrets.ts';
import { allOrFirstFailure } from '../aws/together.ts';
import { HTTP } from '../defaults.ts';
import { groupedBy } from '../grouping.ts';
import { userWords as words } from '../report/words/users.ts';
import type { CommandRun } from './command-run.ts';

/**
 * Returns warnings that name what uses the secrets whose value a run replaces, and what could not be looked at. Nothing depends on
 * it: whatever fails is told as that.
 */
export async function usersOfReplaced(
  { aws, progress }: Pick<CommandRun, 'aws' | 'progress'>,
  replaced: FoundSecret[],
): Promise<string[]> {
  if (replaced.length === 0) return [];
  progress.start(words.looking);
  const places = groupedBy(replaced.flatMap(withReplicas), ({ region }) => region);
  const looks = [...places].map(async ([region, secrets]) => {
    const arns = secrets.map(({ arn }) => arn);
    const { users, unseen } = await findUsers(aws, region, arns, { limitMs: HTTP.searchLimitMs });
    const named = secrets.flatMap(({ name, arn }) =>
      (users.get(arn) ?? []).map((user) => warningOf(name, region, user)),
    );
    const unknown = unseen.map(({ kind, failure }) => ({
      region,
      kind,
      why: reasonUnseen(failure) ?? failure.message.replace(/\.$/, ''),
    }));
    return { named, unknown };
  });
  const seen = await allOrFirstFailure(looks);
  progress.stop();
  return [
    ...seen.flatMap(({ named }) => named),
    ...words.unknown(
      seen.flatMap(({ unknown }) => unknown),
      words.readsNew,
    ),
  ];
}

function warningOf(name: string, region: string, { kind, arn, places, disabled }: SecretUser): string {
  return disabled
    ? words.namedBy(name, region, kind, arn, places)
    : words.willRead(name, region, kind, arn, places);
}

/** The replicas of a secret get its new value too; their ARNs differ in the Region only. */
function withReplicas({
  name,
  region,
  arn,
  replicas = [],
}: FoundSecret): { name: string; region: string; arn: string }[] {
  const copies = replicas.map((other) => ({
    name,
    region: other,
    arn: arn.replace(`:${region}:`, `:${other}:`),
  }));
  return [{ name, region, arn }, ...copies];
}
