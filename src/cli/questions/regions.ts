import { isRegionName } from '../../aws/arn.ts';
import { MEDIACONNECT_REGIONS } from '../../aws/regions.ts';
import { DEFAULTS } from '../../defaults.ts';
import { askSearch, askYesNo, type Option } from '../../ui/prompt.ts';
import { explain, type WizardContext } from './context.ts';
import { wizardWords as words } from './messages.ts';

/** Asks in which Regions the key is needed; the configured one comes first. */
export async function askRegions(
  context: Pick<WizardContext, 'aws' | 'common' | 'output'>,
): Promise<string[]> {
  const { aws, common } = context;
  const configured = common.sandbox ? DEFAULTS.example.region : aws.settings.configuration?.region?.value;
  // A profile may name a Region that is none; then it is not offered.
  const first = configured && isRegionName(configured) ? configured : undefined;
  explain(context, words.regionWhy);
  const regions = [await askSearch(words.region, (term) => findRegions(term, first, []))];
  explain(context, words.anotherRegionWhy);
  while (await askYesNo(words.anotherRegion, false)) {
    regions.push(await askSearch(words.nextRegion, (term) => findRegions(term, undefined, regions)));
  }
  return regions;
}

function findRegions(term: string, first: string | undefined, taken: string[]): Option<string>[] {
  const wanted = term.trim().toLowerCase();
  const listed = MEDIACONNECT_REGIONS.filter(({ id }) => !taken.includes(id)).map(({ id, place }) => ({
    value: id,
    name: `${id}  ${place}`,
  }));
  const known = MEDIACONNECT_REGIONS.some(({ id }) => id === first);
  const ordered = [
    ...(first && !known ? [{ value: first, name: words.otherRegion(first) }] : []),
    ...listed.filter(({ value }) => value === first),
    ...listed.filter(({ value }) => value !== first),
  ];
  const found = ordered.filter(({ name }) => name.toLowerCase().includes(wanted));
  // A Region that is newer than the list can be given by its name.
  const unlisted = found.length === 0 && isRegionName(wanted) && !taken.includes(wanted);
  return unlisted ? [{ value: wanted, name: words.otherRegion(wanted) }] : found;
}
