import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { shellWord } from '../../text.ts';
import { environmentCommands, type SandboxEnvironment } from './environment.ts';

export interface ChildCommand {
  program: string;
  args: string[];
  env: NodeJS.ProcessEnv;
}

/** Marks bash's prompt, whatever the startup files do to it. Bash runs `PROMPT_COMMAND` before each prompt. */
const MARKED_PROMPT = 'case "$PS1" in "(sandbox) "*) ;; *) PS1="(sandbox) $PS1" ;; esac';

/**
 * Returns the user's shell for the sandbox. Many startup files export AWS_PROFILE and similar variables, so bash and zsh get
 * startup files that restore the sandbox's environment after the user's own.
 * @param sandboxEnv the environment variables of a child process of the sandbox
 * @param environment the sandbox's own variables and files, which are part of `sandboxEnv` already
 */
export async function sandboxShell(
  sandboxEnv: NodeJS.ProcessEnv,
  environment: SandboxEnvironment,
): Promise<ChildCommand> {
  const program = sandboxEnv.SHELL || (process.platform === 'win32' ? 'cmd.exe' : '/bin/sh');
  const shellEnv = { PS1: '(sandbox) $ ', ...sandboxEnv, PROMPT_COMMAND: MARKED_PROMPT };
  const { folder } = environment;
  switch (basename(program)) {
    case 'bash': {
      const file = join(folder, 'bashrc');
      await writeFile(file, bashrc(environment), { mode: 0o600 });
      return { program, args: ['--rcfile', file], env: shellEnv };
    }
    case 'zsh':
      await writeFile(join(folder, '.zshenv'), zshenv(sandboxEnv, environment), { mode: 0o600 });
      return { program, args: [], env: { ...shellEnv, ZDOTDIR: folder } };
    default:
      return { program, args: [], env: shellEnv };
  }
}

/** Returns a startup file that reads the user's own file and then restores the sandbox's environment. */
function bashrc(environment: SandboxEnvironment): string {
  return ['if [ -f ~/.bashrc ]; then . ~/.bashrc; fi', ...environmentCommands(environment), ''].join('\n');
}

/**
 * Returns a startup file that restores the sandbox's environment before the first prompt, after the user's startup files. It
 * restores the user's `ZDOTDIR` first, so that zsh reads the other startup files from there, and keeps its history there.
 */
function zshenv({ ZDOTDIR }: NodeJS.ProcessEnv, environment: SandboxEnvironment): string {
  return `${ZDOTDIR === undefined ? 'unset ZDOTDIR' : `export ZDOTDIR=${shellWord(ZDOTDIR)}`}
mc_static_key_sandbox() {
${environmentCommands(environment).join('\n')}
precmd_functions=(\${precmd_functions:#mc_static_key_sandbox})
unfunction mc_static_key_sandbox
}
precmd_functions+=(mc_static_key_sandbox)
if [[ -f \${ZDOTDIR:-$HOME}/.zshenv ]]; then . \${ZDOTDIR:-$HOME}/.zshenv; fi
`;
}
