import { isRegionName } from '../../aws/arn.ts';
import { MEDIACONNECT_REGIONS } from '../../aws/regions.ts';
import { type ListedSecret, listSecrets } from '../../aws/secrets/listing.ts';
import { isAccessDenied } from '../../failure.ts';
import { policyNameProblem, type Rule, roleNameProblem, secretNameProblem } from '../../options/rules.ts';
import { clean } from '../../text.ts';
import { unlessBack } from '../../ui/dialog.ts';
import { askSearch, askSeveral, askText, type PromptOption } from '../../ui/prompt.ts';
import { configuredRegions } from '../region-and-endpoints.ts';
import { askAccount, type WizardContext } from './context.ts';
import { wizardMessages as messages } from './messages.ts';

type SecretContext = Pick<WizardContext, 'aws' | 'output' | 'progress'>;

/** The maximum number of secrets in the list. Others can be named with --secret-arn. */
const MOST_LISTED = 500;

/** Returns the choice that uses one of the existing secrets. */
export function existingOrigin(existing: ListedSecret[], region: string) {
  return {
    value: 'existing' as const,
    name: messages.useExisting(existing.length, existing.length === MOST_LISTED, region),
  };
}

/** Asks for one of the existing secrets. */
export function chooseExisting(existing: ListedSecret[]): Promise<ListedSecret> {
  return chooseSecret(existing, messages.existingHint);
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
  const existing = region ? await listExisting(context, region) : [];
  return existing.length > 0
    ? (await chooseSecret(existing, messages.whichHint(region ?? ''))).name
    : askSecretName();
}

function chooseSecret(existing: ListedSecret[], hint: string): Promise<ListedSecret> {
  const longest = Math.min(Math.max(...existing.map(({ name }) => name.length)), 40);
  return askSearch(
    messages.existing,
    (term) =>
      existing
        .filter(({ name }) => name.toLowerCase().includes(term.toLowerCase()))
        .map((secret) => ({
          value: secret,
          name: `${clean(secret.name).padEnd(longest)}  ${messages.secretDates(secret)}`,
          answer: clean(secret.name),
          description: clean(secret.arn),
        })),
    { hint },
  );
}

/**
 * Lists the Region's secrets whose names start with the prefix. Returns none if that is denied: a secret can be stored or named
 * without that permission.
 */
export async function listExisting(
  { aws, progress }: Pick<SecretContext, 'aws' | 'progress'>,
  region: string,
  prefix?: string,
): Promise<ListedSecret[]> {
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
 * @param checkTaken returns why a valid name can't be used
 */
export async function askSecretName(
  prefix = '',
  checkTaken: (name: string) => Promise<string | undefined> = async () => undefined,
): Promise<string> {
  const problemOf = (answer: string) => {
    if (answer === '') return messages.secretNameMissing;
    const problem = secretNameProblem(answer, messages.nameSubject);
    return problem ?? (answer.startsWith(prefix) ? undefined : messages.nameOutsidePrefix(prefix));
  };
  return askText({
    message: messages.secretName,
    hint: messages.secretNameHint(prefix),
    check: async (answer) => problemOf(answer) ?? (await checkTaken(answer)),
    checkTyped: problemOf,
  });
}

/** The choice of more than one Region. */
const SEVERAL = '';

/** Asks for the Regions that need the key, the configured one first. */
export async function askRegions(context: Pick<WizardContext, 'aws' | 'common'>): Promise<string[]> {
  const [configured] = configuredRegions(context);
  // The profile's Region may be invalid and is then not offered.
  const first = configured && isRegionName(configured) ? configured : undefined;
  const several = { value: SEVERAL, name: messages.severalRegions };
  for (;;) {
    const region = await askSearch(
      messages.region,
      (term) => {
        const found = findRegions(term, first);
        // On the first page, but not where Enter selects it.
        return term.trim() === '' ? [...found.slice(0, 1), several, ...found.slice(1)] : found;
      },
      { hint: messages.regionHint },
    );
    if (region !== SEVERAL) return [region];
    const askForAll = () =>
      askSeveral(messages.regions, findRegions('', first), {
        hint: messages.regionsHint,
        isRequired: messages.regionsMissing,
      });
    const regions = await unlessBack(askForAll);
    if (regions) return regions;
  }
}

function findRegions(term: string, first: string | undefined): PromptOption<string>[] {
  const search = term.trim().toLowerCase();
  const listed = MEDIACONNECT_REGIONS.map(({ id, location }) => ({
    value: id,
    name: `${id}  ${location}`,
    answer: id,
  }));
  const isKnown = MEDIACONNECT_REGIONS.some(({ id }) => id === first);
  const ordered = [
    ...(first && !isKnown ? [{ value: first, name: messages.otherRegion(first) }] : []),
    ...listed.filter(({ value }) => value === first),
    ...listed.filter(({ value }) => value !== first),
  ];
  const found = ordered.filter(({ name }) => name.toLowerCase().includes(search));
  // A Region that is newer than the list can be entered by name.
  const isUnlisted = found.length === 0 && isRegionName(search);
  return isUnlisted ? [{ value: search, name: messages.otherRegion(search) }] : found;
}

export function askPolicyName(current: string): Promise<string> {
  return askName(messages.policyName, messages.policyNameHint, current, policyNameProblem);
}

export function askRoleName(current: string): Promise<string> {
  return askName(messages.roleName, messages.roleNameHint, current, roleNameProblem);
}

function askName(message: string, hint: string, current: string, rule: Rule): Promise<string> {
  const check = (answer: string) => rule(answer, messages.nameSubject);
  return askText({ message, hint, fallback: current, check, checkTyped: check });
}
