/** A program to start. */
export interface ChildCommand {
  program: string;
  args: string[];
  env: NodeJS.ProcessEnv;
}

/** Puts a mark before the prompt of bash, whatever its start files make of the prompt. */
const MARKED_PROMPT = 'case "$PS1" in "(sandbox) "*) ;; *) PS1="(sandbox) $PS1" ;; esac';

/**
 * Returns the user's shell as it is opened in the sandbox.
 * @param inherited the environment of a child of the sandbox
 */
export function shellInSandbox(inherited: NodeJS.ProcessEnv): ChildCommand {
  return {
    program: inherited.SHELL || (process.platform === 'win32' ? 'cmd.exe' : '/bin/sh'),
    args: [],
    env: { PS1: '(sandbox) $ ', ...inherited, PROMPT_COMMAND: MARKED_PROMPT },
  };
}
