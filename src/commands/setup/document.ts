import { algorithmOfLength } from '../../key/index.ts';
import type { SetupRequest } from '../../options/setup-request.ts';
import type { EncryptionSettings, Outcomes } from '../../plan-types.ts';
import type { KeyResult, SetupResult } from '../../steps/index.ts';

/** What exists after a run. */
export function outcomesOf({ keys, policies, roles }: SetupResult): Outcomes {
  return { secrets: keys.flatMap(({ secrets }) => secrets), policies, roles: roles.map(({ role }) => role) };
}

/** What the MediaConnect API takes, for each key that is set up and each of its Regions. */
export async function encryptionSettings(
  requests: SetupRequest[],
  { keys, roles }: SetupResult,
  dryRun: boolean,
): Promise<EncryptionSettings[]> {
  const roleArns = new Map(roles.flatMap(({ keys: read, role }) => read.map((at) => [at, role.arn])));
  const settings = await Promise.all(
    requests.map((request, at) => {
      const [key, roleArn = ''] = [keys[at], roleArns.get(at)];
      return !key || key.failure ? [] : settingsOf(request, key, roleArn, dryRun);
    }),
  );
  return settings.flat();
}

/** The algorithm is that of the key which the secret really holds. */
async function settingsOf(
  { keyType }: SetupRequest,
  { secrets, key: stored, seen }: KeyResult,
  roleArn: string,
  dryRun: boolean,
): Promise<EncryptionSettings[]> {
  const read = await seen;
  const known = 'value' in read ? read.value : [];
  return secrets.map(({ arn, region, action }) => {
    // In a dry run a secret that stays as it is holds what was seen, and every other one will hold the key of the run.
    const holds = dryRun && action !== 'kept' ? undefined : known.find((secret) => secret.arn === arn);
    const key = holds?.content.kind === 'text' ? holds.content.key : stored;
    const algorithm = keyType === 'static-key' && key ? algorithmOfLength(key.length) : undefined;
    return { region, keyType, ...(algorithm ? { algorithm } : {}), roleArn, secretArn: arn };
  });
}
