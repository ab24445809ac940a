import { parseSecretArn } from '../../../aws/arn.ts';
import { look, seenIn } from '../../../aws/look.ts';
import { offeredRegions } from '../../../aws/regions.ts';
import { atMost } from '../../../aws/requests/concurrency.ts';
import { describeSecret, secretExists } from '../../../aws/secrets/index.ts';
import type { Aws } from '../../../aws/session.ts';
import { HTTP } from '../../../defaults.ts';
import type { SecretTarget } from './secret.ts';

/** What there is in place of a secret that is not there. */
export type Absence =
  /** Another secret has the name that is in the ARN. */
  | { kind: 'other-arn'; arn: string }
  /** The ARN lacks its end: what stands there is the end of the name. */
  | { kind: 'arn-without-end'; arn: string }
  /** The name is that of a secret, with the end of an ARN after it. */
  | { kind: 'arn-end'; name: string }
  /** A secret of the name is in these Regions; none means that it was seen in no Region. */
  | { kind: 'elsewhere'; regions: string[] }
  /** Nothing else was looked for. */
  | { kind: 'absent' };

const REGIONS_AT_ONCE = 20;

/**
 * Looks for what the user may have meant. What cannot be looked at is left out. A manifest says what is meant, and may name
 * a thousand secrets that are not there yet.
 */
export async function whyAbsent(aws: Aws, { region, id, manifest }: SecretTarget): Promise<Absence> {
  const name = parseSecretArn(id)?.name ?? id;
  if (name !== id) {
    const [, whole = name] = /:secret:(.+)$/.exec(id) ?? [];
    const longer = seenIn(await look(describeSecret(aws, region, whole)));
    if (longer?.name === whole) return { kind: 'arn-without-end', arn: longer.arn };
    const other = seenIn(await look(describeSecret(aws, region, name)));
    if (other) return { kind: 'other-arn', arn: other.arn };
  }
  if (manifest) return { kind: 'absent' };
  const [, shorter, end = ''] = /^(.+)-([A-Za-z0-9]{6})$/.exec(name) ?? [];
  const other = shorter && seenIn(await look(describeSecret(aws, region, shorter)));
  // A word or a number of six characters may well be a part of the name that was meant.
  const isEnd = other && (other.arn.endsWith(`-${end}`) || !/^([A-Z]?[a-z]+|[A-Z]+|\d+)$/.test(end));
  return isEnd ? { kind: 'arn-end', name: other.name } : elsewhere(aws, region, name);
}

async function elsewhere(aws: Aws, region: string, name: string): Promise<Absence> {
  const { partition } = await aws.identity();
  const others = offeredRegions(partition).filter((id) => id !== region);
  const found = await atMost(REGIONS_AT_ONCE, others, async (other) =>
    seenIn(await look(secretExists(aws, other, name, HTTP.searchLimitMs))),
  );
  return { kind: 'elsewhere', regions: others.filter((_other, at) => found[at] === true) };
}
