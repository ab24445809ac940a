import { homedir } from 'node:os';
import { join } from 'node:path';
import { loadSharedConfigFiles } from '@smithy/core/config';
import { EXIT, Failure } from '../../failure.ts';
import { clean } from '../../text.ts';
import type { ServiceId } from '../regions.ts';
import { type FileLimits, readConfigurationFile, sectionsIn } from './configuration-files.ts';
import { configurationMessages as messages } from './messages.ts';
import { type CredentialsSource, hasAccessKeys, type Profile, sourceOf } from './precedence.ts';

/** A value of the AWS configuration and its origin: a flag, a variable, or a profile. */
export interface Setting {
  value: string;
  from: string;
}

/** The AWS configuration from flags, environment and AWS CLI files. */
export interface AwsConfiguration {
  /** The active profile. */
  profile: Profile;
  /** Returns another profile; undefined if the files have none with that name. */
  profileNamed(name: string): Profile | undefined;
  /** Returns the settings of an `sso-session` section; undefined if the files have none with that name. */
  ssoSession(name: string): Readonly<Record<string, string>> | undefined;
  source: CredentialsSource;
  region?: Setting;
  /** A PEM file with the certificate authorities to trust instead of Node's own. */
  caBundle?: Setting;
  /** Returns the custom endpoint of a service, if any. */
  endpointOf(service: ServiceId): Setting | undefined;
}

/** A configuration that may be incomplete because part of it could not be used. */
export type KnownConfiguration = Pick<AwsConfiguration, 'profile' | 'region' | 'endpointOf'> &
  Partial<Pick<AwsConfiguration, 'source'>>;

/** The configuration from the command line. */
export interface ConfigurationFlags {
  profile?: string;
  endpointUrl?: string;
}

/**
 * Reads the AWS configuration as the AWS CLI does. Sources: AWS SDKs and Tools Reference Guide, "Precedence of settings", "Shared
 * config and credentials files", "Service-specific endpoints"; AWS CLI User Guide, "Environment variables".
 * @throws Failure if a named profile doesn't exist, or a file can't be read
 */
export async function readConfiguration(
  flags: ConfigurationFlags,
  env: NodeJS.ProcessEnv,
  limits: FileLimits = {},
): Promise<AwsConfiguration> {
  const named = namedProfile(flags, env);
  const files = await readFiles(env, limits);
  const name = named?.value ?? 'default';
  // The AWS CLI and the SDKs treat a missing profile named `default` as an empty one.
  if (named && name !== 'default' && !hasProfile(files, name)) throw profileNotFound(named, files);
  const found = profileIn(files, name);
  const settings = named?.from === '--profile' ? found.settings : addEnvRole(env, found.settings);
  const profile: Profile = { ...found, settings, from: named?.from };
  const inProfile = (member: string): Setting | undefined =>
    settings[member] ? { value: settings[member], from: messages.inProfile(clean(name)) } : undefined;
  return {
    profile,
    ssoSession: (session) => files.config[`sso-session.${session}`],
    profileNamed: (other) => (hasProfile(files, other) ? profileIn(files, other) : undefined),
    source: sourceOf(profile, env),
    region: settingOf(env, ...REGION_VARIABLES) ?? inProfile('region'),
    caBundle: settingOf(env, 'AWS_CA_BUNDLE') ?? inProfile('ca_bundle'),
    endpointOf: endpointLookup(flags.endpointUrl, env, profile, files),
  };
}

/** Returns the configuration from flags and environment, for when the AWS CLI files can't be used. */
export function configurationWithoutFiles(
  flags: ConfigurationFlags,
  env: NodeJS.ProcessEnv,
): KnownConfiguration {
  const named = namedProfile(flags, env);
  const profile = { name: named?.value ?? 'default', from: named?.from, settings: {} };
  return {
    profile,
    region: settingOf(env, ...REGION_VARIABLES),
    endpointOf: endpointLookup(flags.endpointUrl, env, profile, { config: {} }),
  };
}

const REGION_VARIABLES = ['AWS_REGION', 'AWS_DEFAULT_REGION'];

function namedProfile({ profile }: ConfigurationFlags, env: NodeJS.ProcessEnv): Setting | undefined {
  if (profile !== undefined) return { value: profile, from: '--profile' };
  return settingOf(env, 'AWS_PROFILE', 'AWS_DEFAULT_PROFILE');
}

/** Returns a profile, with the Region of its SSO session if it names one. A profile that doesn't exist has no settings. */
function profileIn({ config, credentials }: Files, name: string): Profile {
  const sectionIn = (sections: Files['config']) => (Object.hasOwn(sections, name) ? sections[name] : {});
  const settings = { ...sectionIn(config), ...sectionIn(credentials) };
  const region = config[`sso-session.${settings.sso_session}`]?.sso_region;
  return {
    name,
    settings: { ...(settings.sso_session && region ? { sso_region: region } : {}), ...settings },
    hasKeysInCredentialsFile: hasAccessKeys({ settings: sectionIn(credentials) ?? {} }),
  };
}

/**
 * Adds the role for a web identity from the environment if the profile has none, as the AWS CLI does. Not for `--profile`, which
 * overrides the environment.
 */
function addEnvRole({ AWS_ROLE_ARN }: NodeJS.ProcessEnv, settings: Profile['settings']): Profile['settings'] {
  const lacksRole = 'web_identity_token_file' in settings && !('role_arn' in settings);
  return lacksRole && AWS_ROLE_ARN ? { ...settings, role_arn: AWS_ROLE_ARN } : settings;
}

/** Returns true for the name of a section in the configuration file that is not a profile. */
function isOtherSection(name: string): boolean {
  return /^(sso-session|services)\./.test(name);
}

function hasProfile({ config, credentials }: Files, name: string): boolean {
  return !isOtherSection(name) && (Object.hasOwn(config, name) || Object.hasOwn(credentials, name));
}

/** Returns the first of the variables that is set. */
function settingOf(env: NodeJS.ProcessEnv, ...names: string[]): Setting | undefined {
  const from = names.find((name) => env[name]);
  return from === undefined ? undefined : { value: env[from] ?? '', from };
}

/** The AWS CLI files, as sections with settings. */
interface Files {
  config: Readonly<Record<string, Record<string, string>>>;
  credentials: Readonly<Record<string, Record<string, string>>>;
  /** The paths of the files, for messages. */
  paths: string[];
}

async function readFiles(env: NodeJS.ProcessEnv, limits: FileLimits): Promise<Files> {
  const pathOf = (variable: string, name: string) => env[variable] || join('~', '.aws', name);
  const configFile = pathOf('AWS_CONFIG_FILE', 'config');
  const credentialsFile = pathOf('AWS_SHARED_CREDENTIALS_FILE', 'credentials');
  const fullPath = (path: string) => path.replace(/^~(?=[/\\])/, homedir());
  // Read here, so that an unreadable file is a failure. The SDK would treat it as empty.
  const [configText = '', credentialsText = ''] = await Promise.all(
    [configFile, credentialsFile].map((path) => readConfigurationFile(fullPath(path), path, limits)),
  );
  const sections = await loadSharedConfigFiles({
    configFilepath: fullPath(configFile),
    filepath: fullPath(credentialsFile),
    ignoreCache: true,
  });
  return {
    config: definedSections(sections.configFile, sectionsIn(configText, 'config')),
    credentials: definedSections(sections.credentialsFile, sectionsIn(credentialsText, 'credentials')),
    paths: [configFile, credentialsFile],
  };
}

/**
 * Returns all sections, without settings that have no value. The SDK's parser omits empty sections.
 * @param names the names of all sections
 */
function definedSections(
  sections: Awaited<ReturnType<typeof loadSharedConfigFiles>>['configFile'],
  names: string[],
): Files['config'] {
  const hasValue = ([, value]: [string, string | undefined]) => value !== undefined;
  return Object.fromEntries([
    ...names.map((name): [string, Record<string, string>] => [name, {}]),
    ...Object.entries(sections).map(([name, section]): [string, Record<string, string>] => [
      name,
      Object.fromEntries(Object.entries(section).filter(hasValue)) as Record<string, string>,
    ]),
  ]);
}

function profileNotFound({ value, from }: Setting, { config, credentials, paths }: Files): Failure {
  const sections = new Set([...Object.keys(config), ...Object.keys(credentials)]);
  const profiles = [...sections].filter((name) => !isOtherSection(name));
  return new Failure(messages.profileNotFound(clean(value), from, paths.map(clean)), {
    code: 'profile-not-found',
    exitCode: EXIT.permission,
    hint: messages.profileNotFoundHint(profiles.map(clean)),
  });
}

/** Returns the function that looks up endpoints. @throws Failure if the profile names a services section that is missing */
function endpointLookup(
  flag: string | undefined,
  env: NodeJS.ProcessEnv,
  { name, settings }: Profile,
  { config }: Pick<Files, 'config'>,
): AwsConfiguration['endpointOf'] {
  const ignoreSetting = env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS || settings.ignore_configured_endpoint_urls;
  const isIgnored = ignoreSetting?.toLowerCase() === 'true';
  const services = settings.services === undefined ? undefined : config[`services.${settings.services}`];
  if (settings.services !== undefined && !services)
    throw new Failure(messages.noServices(clean(name), clean(settings.services)), {
      code: 'aws-configuration',
      exitCode: EXIT.permission,
      hint: messages.noServicesHint,
    });
  const inServices = (member: string): Setting | undefined => {
    const value = services?.[`${member}.endpoint_url`];
    const from = messages.inServices(clean(settings.services ?? ''), clean(name));
    return value ? { value, from } : undefined;
  };
  return (service) => {
    if (flag !== undefined) return { value: flag, from: '--endpoint-url' };
    if (isIgnored) return undefined;
    const serviceName = service.replaceAll(' ', '_');
    const inProfile = settings.endpoint_url;
    return (
      settingOf(env, `AWS_ENDPOINT_URL_${serviceName.toUpperCase()}`, 'AWS_ENDPOINT_URL') ??
      inServices(serviceName.toLowerCase()) ??
      (inProfile ? { value: inProfile, from: messages.inProfile(clean(name)) } : undefined)
    );
  };
}
