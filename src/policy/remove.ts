import { type JsonPolicy, type JsonStatement, parsePolicy, readManagedPolicy } from './document.ts';
import { grantOf, readsSecrets } from './shape.ts';

/**
 * The read policy without the secrets that are gone; nothing when it would allow no secret any more. The permission to
 * decrypt goes with the last secret of its Region: which key the others there are encrypted with is not known here. All
 * else stays as it is. The document must be one for which `isReadPolicyShape` holds.
 * @param isGone tells by an entry of `Resource` whether it stands for secrets that are gone, and for them alone
 * @throws PolicyParseError when the text is not a policy document
 */
export function removeSecrets(text: string, isGone: (resource: string) => boolean): JsonPolicy | undefined {
  const policy = readManagedPolicy(text);
  const { statements } = parsePolicy(text);
  const listed = statements.filter(readsSecrets).flatMap(({ resources }) => resources?.values ?? []);
  const left = listed.filter((resource) => !isGone(resource));
  if (left.length === 0) return undefined;
  const lost = new Set(listed.filter(isGone).map(regionOf));
  const inUse = (region: string) => !lost.has(region) || left.some((resource) => mayBeIn(resource, region));
  const Statement = policy.Statement.flatMap((raw, at): JsonStatement[] => {
    const statement = statements[at];
    const grant = statement && grantOf(statement);
    if (grant) return inUse(grant.region) ? [raw] : [];
    return without(raw, isGone);
  });
  return { ...policy, Statement };
}

function without(raw: JsonStatement, isGone: (resource: string) => boolean): JsonStatement[] {
  const entries = [raw.Resource ?? []].flat();
  const kept = entries.filter((entry) => typeof entry !== 'string' || !isGone(entry));
  if (kept.length === entries.length) return [raw];
  return kept.length === 0 ? [] : [{ ...raw, Resource: kept }];
}

/** Whether an entry of `Resource` may stand for a secret of that Region. */
function mayBeIn(resource: string, region: string): boolean {
  const where = regionOf(resource);
  return where === region || /[*?]/.test(where);
}

function regionOf(resource: string): string {
  return resource.split(':')[3] ?? '*';
}
