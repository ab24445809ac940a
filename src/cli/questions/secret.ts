import { isRegionName } from '../../aws/arn.ts';
import { MEDIACONNECT_REGIONS } from '../../aws/regions.ts';
import { type ListedSecret, listSecrets } from '../../aws/secrets/listing.ts';
import { DEFAULTS } from '../../defaults.ts';
import { isAccessDenied } from '../../failure.ts';
import { secretNameProblem } from '../../options/rules.ts';
import { clean } from '../../text.ts';
import { askChoice, askSearch, askText, askYesNo, type PromptOption } from '../../ui/prompt.ts';
import { configuredRegions } from '../region-and-endpoints.ts';
import { askAccount, explain, type WizardContext } from './context.ts';
import { wizardMessages as messages } from './messages.ts';

type SecretContext = Pick<WizardContext, 'aws' | 'output' | 'progress'>;

/** The maximum number of secrets in the list. Others can be named with --secret-arn. */
const MOST_LISTED = 500;

/** Offers the Region's secrets whose names start with the prefix. Returns an ARN, or undefined if the user wants a new secret. */
export async function askExisting(
  context: SecretContext,
  region: string,
  prefix: string,
): Promise<string | undefined> {
  const existing = await existingSecrets(context, region, prefix);
  if (existing.length === 0) return undefined;
  explain(context, messages.newOrExistingWhy);
  const isNew = await askChoice(messages.newOrExisting, [
    { value: true, name: messages.storeNew },
    { value: false, name: messages.useExisting(existing.length, existing.length === MOST_LISTED) },
  ]);
  return isNew ? undefined : (await chooseSecret(context, existing, messages.existingWhy)).arn;
}

/** Shows the account and, unless the secret's name is known, asks for the secret. Returns the name. */
export async function askAccountAndSecret(
  context: WizardContext<{ regions: string[] }>,
  intro: string,
  knownName: string | undefined,
): Promise<string> {
  await askAccount(context, intro);
  if (knownName !== undefined) return knownName;
  const { answers, aws } = context;
  return askWhichSecret(context, answers.regions[0] ?? aws.settings.configuration?.region?.value);
}

/** Asks for one of the Region's secrets or, if none can be listed, for a name. Returns the name. */
export async function askWhichSecret(context: SecretContext, region: string | undefined): Promise<string> {
  const existing = region ? await existingSecrets(context, region) : [];
  return existing.length > 0
    ? (await chooseSecret(context, existing, messages.whichWhy)).name
    : askSecretName(context);
}

function chooseSecret(context: SecretContext, existing: ListedSecret[], why: string): Promise<ListedSecret> {
  explain(context, why);
  return askSearch(messages.existing, (term) =>
    existing
      .filter(({ name }) => name.toLowerCase().includes(term.toLowerCase()))
      .map((secret) => ({
        value: secret,
        name: clean(secret.name),
        description: [secret.arn, secret.description ?? ''].map(clean).join('\n').trimEnd(),
      })),
  );
}

/** Lists the Region's secrets. Returns none if that is denied: a secret can be stored or named without that permission. */
async function existingSecrets({ aws, progress }: SecretContext, region: string, prefix?: string) {
  progress.start(messages.listing(region));
  try {
    return await listSecrets(aws, region, MOST_LISTED, prefix);
  } catch (error) {
    if (isAccessDenied(error)) return [];
    throw error;
  } finally {
    progress.stop();
  }
}

/**
 * Asks for the name of a secret.
 * @param prefix what the name must start with
 */
export async function askSecretName(context: SecretContext, prefix = ''): Promise<string> {
  explain(context, messages.secretNameWhy);
  const check = (answer: string) =>
    secretNameProblem(answer, messages.nameSubject) ??
    (answer.startsWith(prefix) ? undefined : messages.nameOutsidePrefix(prefix));
  return askText(messages.secretName, prefix + DEFAULTS.example.secretName, check, context.output.paint.red);
}

/** Asks for the Regions that need the key, the configured one first. */
export async function askRegions(
  context: Pick<WizardContext, 'aws' | 'common' | 'output'>,
): Promise<string[]> {
  const [configured] = configuredRegions(context);
  // The profile's Region may be invalid and is then not offered.
  const first = configured && isRegionName(configured) ? configured : undefined;
  explain(context, messages.regionWhy);
  const regions = [await askSearch(messages.region, (term) => findRegions(term, first, []))];
  explain(context, messages.anotherRegionWhy);
  while (await askYesNo(messages.anotherRegion, { fallback: false })) {
    regions.push(await askSearch(messages.nextRegion, (term) => findRegions(term, undefined, regions)));
  }
  return regions;
}

function findRegions(term: string, first: string | undefined, chosen: string[]): PromptOption<string>[] {
  const search = term.trim().toLowerCase();
  const listed = MEDIACONNECT_REGIONS.filter(({ id }) => !chosen.includes(id)).map(({ id, location }) => ({
    value: id,
    name: `${id}  ${location}`,
  }));
  const isKnown = MEDIACONNECT_REGIONS.some(({ id }) => id === first);
  const ordered = [
    ...(first && !isKnown ? [{ value: first, name: messages.otherRegion(first) }] : []),
    ...listed.filter(({ value }) => value === first),
    ...listed.filter(({ value }) => value !== first),
  ];
  const found = ordered.filter(({ name }) => name.toLowerCase().includes(search));
  // A Region that is newer than the list can be entered by name.
  const isUnlisted = found.length === 0 && isRegionName(search) && !chosen.includes(search);
  return isUnlisted ? [{ value: search, name: messages.otherRegion(search) }] : found;
}
