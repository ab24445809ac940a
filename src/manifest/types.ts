import type { ExpectedAccount } from '../aws/clients.ts';
import type { SetupAnswers } from '../options/setup-request.ts';

/** An entry of a manifest: one key. */
export interface ManifestKey {
  /**
   * The answers that the flags of `setup` would give for this key, merged with the file's defaults. `existing` is set for a
   * secret that is used as is. Paths of key files are absolute. `dryRun` is false here, because only the flag sets it.
   */
  answers: SetupAnswers;
  /** The position of the entry, such as `keys.yaml:12:5`, for messages. */
  at: string;
  /** The position of the entry's key source. */
  keyAt: string;
}

export interface Manifest {
  path: string;
  /** The path to use in commands that the user can run later. */
  commandPath: string;
  /** The only account in which changes are allowed, if the file names one. */
  account?: ExpectedAccount;
  keys: ManifestKey[];
}
