/** What to do about something: a sentence, and where there is one, the command that does it. */
export interface Remedy {
  remedy: string;
  /** Typed as it stands: its flags are flags wherever the wishes come from. */
  command?: string;
}

/** What to give so that something is not in the way any more. */
export interface Way {
  /** What to type on the command line. */
  flag: string;
  /** What it does, as a phrase. */
  text: string;
}

/**
 * Something that the user is told. Prose, commands and settings are kept apart, because a manifest has members where the command
 * line has flags: prose names them, a way out says what to write, and a command stays as it is.
 */
export type Told = string | Remedy | { waysOut: Way[] };
