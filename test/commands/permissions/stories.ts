import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import type { PermissionsOptions } from '../../../src/commands/permissions/options.ts';
import type { TeardownOptions } from '../../../src/commands/teardown/options.ts';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { guidePolicy, REGION } from '../../support/account.ts';
import type { RotateWishes } from '../../support/runs/rotate.ts';
import type { Wishes } from '../../support/runs/setup.ts';

/** A run of a command that needs some of its permissions. */
export interface Story {
  name: string;
  /** Creates what exists before the run. Returns options that are known only then. */
  prepare?: (sandbox: Sandbox) => Promise<StoryWishes | undefined>;
  wishes?: StoryWishes;
  /** Further options of `permissions`. */
  told?: PermissionsOptions;
  /**
   * Actions that this story is run without, one at a time, in the order in which the command needs them: what is done
   * before the run ends stays done.
   */
  shows: string[];
}

/** The options of the command of a story. */
export type StoryWishes = Wishes & RotateWishes & TeardownOptions;

export const POLICY = 'SecretsManagerForMediaConnect';
const ROLE = 'MediaConnect-ASM';
export const KMS_KEY = 'mrk-1234abcd12ab34cd56ef1234567890ab';
export const arnOf = (name: string) => `arn:aws:secretsmanager:${REGION}:111122223333:secret:${name}-AbCdEf`;
export const embedding = () => {
  const PolicyDocument = JSON.stringify(guidePolicy(arnOf('other')));
  return new PutRolePolicyCommand({ RoleName: ROLE, PolicyName: 'Inline', PolicyDocument });
};
export const nothing = (work: Promise<unknown>) => work.then(() => undefined);

/** Returns the options of `permissions` that match these options of the command. */
export function optionsFor(wishes: StoryWishes): PermissionsOptions {
  const { secretArn, kmsKeyId, permissionsBoundary, tag, existingKey, restore, updateTrust } = wishes;
  const { secretName = 'studio-a', region, rollback, includeUntagged, dryRun } = wishes;
  return definite({
    ...(secretArn ? { secretArn } : { secretName, region }),
    ...{ kmsKeyId, permissionsBoundary, tag, existingKey, restore, updateTrust },
    ...{ rollback, includeUntagged, dryRun },
  });
}

/** Returns the members that have a value. */
function definite(options: object): PermissionsOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
