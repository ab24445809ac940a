import type { ExpectedAccount } from '../aws/clients.ts';
import type { SetupAnswers } from '../options/setup-request.ts';

/** An entry of a manifest: one key. */
export interface ManifestKey {
  /**
   * What `setup` would have been told by flags for this key, the defaults of the file included; `existing` for a secret that
   * is used as it is. Paths of key files are absolute. `dryRun` is false: the flag decides.
   */
  answers: SetupAnswers;
  /** Where the entry stands, as `keys.yaml:12:5`, for messages. */
  at: string;
  /** Where its key is named. */
  keyAt: string;
}

export interface Manifest {
  path: string;
  /** The path in commands that the user can run later. */
  commandPath: string;
  /** The one account in which anything may be changed, if the file names one. */
  account?: ExpectedAccount;
  keys: ManifestKey[];
}
