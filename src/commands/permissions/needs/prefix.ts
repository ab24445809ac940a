import type { PermissionRequest } from './types.ts';

type Secret = PermissionRequest['secrets'][number];

/**
 * The same request with its secrets named by what their names have in common, up to a separator, in each Region: such as
 * `live/*`. Nothing when in one of the Regions they have nothing in common. Pure.
 */
export function byPrefix(request: PermissionRequest): PermissionRequest | undefined {
  const regions = [...new Set(request.secrets.map(({ region }) => region))];
  const secrets: Secret[] = [];
  for (const region of regions) {
    const arns = request.secrets.filter((secret) => secret.region === region).map(({ arn }) => arn);
    const arn = arns.length === 1 ? arns[0] : patternFor(arns);
    if (arn === undefined) return undefined;
    secrets.push({ region, arn });
  }
  return { ...request, secrets };
}

/** What stands behind the name: a hyphen and six characters, which are drawn at random. */
const SUFFIX = /-[A-Za-z0-9?]{6}$/;

/** A pattern for all of these ARNs that ends in a separator, which is whatever is no letter and no digit. */
function patternFor(arns: string[]): string | undefined {
  const names = arns.map((arn) => arn.replace(SUFFIX, ''));
  const common = names.reduce(commonStart).replace(/[A-Za-z0-9]+$/, '');
  return common.endsWith(':') ? undefined : `${common}*`;
}

function commonStart(one: string, other: string): string {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return one.slice(0, length);
}
