import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { shellWord } from '../../text.ts';
import { type SandboxEnvironment, shellLines } from './environment.ts';

/** A program to start. */
export interface ChildCommand {
  program: string;
  args: string[];
  env: NodeJS.ProcessEnv;
}

/** Adds a mark to bash's prompt, whatever its startup files do to the prompt. */
const MARKED_PROMPT = 'case "$PS1" in "(sandbox) "*) ;; *) PS1="(sandbox) $PS1" ;; esac';

/**
 * Returns the user's shell for the sandbox. Many startup files export AWS_PROFILE and similar variables, so bash and zsh get
 * startup files that restore the sandbox's environment after the user's own.
 * @param inherited the environment of a child process of the sandbox
 */
export async function shellInSandbox(
  inherited: NodeJS.ProcessEnv,
  environment: SandboxEnvironment,
): Promise<ChildCommand> {
  const program = inherited.SHELL || (process.platform === 'win32' ? 'cmd.exe' : '/bin/sh');
  const env = { PS1: '(sandbox) $ ', ...inherited, PROMPT_COMMAND: MARKED_PROMPT };
  const { folder } = environment;
  switch (basename(program)) {
    case 'bash': {
      const file = join(folder, 'bashrc');
      await writeFile(file, bashrc(environment), { mode: 0o600 });
      return { program, args: ['--rcfile', file], env };
    }
    case 'zsh':
      await writeFile(join(folder, '.zshenv'), zshenv(inherited, environment), { mode: 0o600 });
      return { program, args: [], env: { ...env, ZDOTDIR: folder } };
    default:
      return { program, args: [], env };
  }
}

function bashrc(environment: SandboxEnvironment): string {
  return ['if [ -f ~/.bashrc ]; then . ~/.bashrc; fi', ...shellLines(environment), ''].join('\n');
}

/** Restores the user's folder first, so that zsh reads all other startup files from there, and keeps its history there. */
function zshenv({ ZDOTDIR }: NodeJS.ProcessEnv, environment: SandboxEnvironment): string {
  return `${ZDOTDIR === undefined ? 'unset ZDOTDIR' : `export ZDOTDIR=${shellWord(ZDOTDIR)}`}
mc_static_key_sandbox() {
${shellLines(environment).join('\n')}
precmd_functions=(\${precmd_functions:#mc_static_key_sandbox})
unfunction mc_static_key_sandbox
}
precmd_functions+=(mc_static_key_sandbox)
if [[ -f \${ZDOTDIR:-$HOME}/.zshenv ]]; then . \${ZDOTDIR:-$HOME}/.zshenv; fi
`;
}
