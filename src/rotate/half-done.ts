import { readStage } from '../aws/secret-versions.ts';
import type { FoundSecret } from '../aws/secrets.ts';
import type { Aws } from '../aws/session.ts';
import type { KeyMaterial, KeyType } from '../key/index.ts';

/**
 * The key of a rotation that stopped half-way: some Regions hold it with the old key as their previous version, and in the
 * others the old key is still the current one. A generated key is nowhere else, so that it has to be found like this.
 */
export async function halfDoneKey(
  aws: Aws,
  secrets: FoundSecret[],
  keyType: KeyType,
): Promise<KeyMaterial | undefined> {
  const keys = distinct(
    secrets.flatMap(({ content }) => (content.kind === 'text' ? [content.key] : [])),
    keyType,
  );
  if (keys.length !== 2) return undefined;
  const followed = await Promise.all(
    secrets.map(async (secret) => {
      const previous = await readStage(aws, secret, 'AWSPREVIOUS');
      return { current: textOf(secret), previous: previous?.key };
    }),
  );
  const same = (a: KeyMaterial | undefined, b: KeyMaterial) => a?.sameKey(b, keyType) ?? false;
  return keys.find((key) =>
    followed.every(
      ({ current, previous }) =>
        !same(current, key) || keys.some((other) => other !== key && same(previous, other)),
    ),
  );
}

function textOf({ content }: FoundSecret): KeyMaterial | undefined {
  return content.kind === 'text' ? content.key : undefined;
}

function distinct(keys: KeyMaterial[], keyType: KeyType): KeyMaterial[] {
  return keys.filter((key, at) => keys.findIndex((other) => other.sameKey(key, keyType)) === at);
}
