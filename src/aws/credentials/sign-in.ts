import { EXIT, Failure } from '../../failure.ts';
import { isAccountId } from '../../options/rules.ts';
import { plain } from '../../ui/plain.ts';
import { parseArn } from '../arn.ts';
import type { AwsConfiguration, Profile } from './configuration.ts';
import { configurationWords as words } from './messages.ts';
import { unusable } from './step.ts';

/**
 * Checks what a profile says about IAM Identity Center, before a token is sent anywhere. The SDK's provider stumbles over a mistake with
 * errors of its own insides, or sends the token to the portal of another start URL than the one that it is for.
 * Source: AWS SDKs and Tools Reference Guide, "IAM Identity Center credential provider".
 * @throws Failure
 */
export function checkSso({ ssoSession }: Pick<AwsConfiguration, 'ssoSession'>, profile: Profile): void {
  const sentence = ssoMistake(ssoSession, profile);
  if (sentence === undefined) return;
  const hint = words.ssoConfigureHint(plain(profile.name));
  throw new Failure(sentence, { code: 'no-credentials', exitCode: EXIT.permission, hint });
}

function ssoMistake(
  ssoSession: AwsConfiguration['ssoSession'],
  { name, settings }: Profile,
): string | undefined {
  const profile = plain(name);
  const { sso_session } = settings;
  const session = sso_session === undefined ? {} : ssoSession(sso_session);
  if (!session) return words.ssoSessionMissing(profile, plain(sso_session ?? ''));
  for (const member of ['sso_start_url', 'sso_region']) {
    const [own, shared] = [settings[member], session[member]];
    if (sso_session !== undefined && !shared) return words.ssoSessionLacks(plain(sso_session), member);
    if (own && shared && own !== shared)
      return words.ssoInconsistent(profile, plain(sso_session ?? ''), member);
  }
  const needed = ['sso_account_id', 'sso_role_name', ...(sso_session ? [] : ['sso_start_url', 'sso_region'])];
  const lacking = needed.find((each) => !settings[each]);
  if (lacking) return words.ssoLacks(profile, lacking);
  return isAccountId(settings.sso_account_id ?? '') ? undefined : words.badSsoAccount(profile);
}

/** Checks what a profile says about `aws login`. @throws Failure */
export function checkLogin(profile: Profile): void {
  if (!parseArn(profile.settings.login_session ?? ''))
    throw unusable(profile, words.badLoginSession(plain(profile.name)));
}
