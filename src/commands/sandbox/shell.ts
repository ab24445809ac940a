import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { shellWord } from '../../text.ts';
import { environmentCommands, type SandboxEnvironment } from './environment.ts';

export interface ChildCommand {
  program: string;
  args: string[];
  env: NodeJS.ProcessEnv;
}

/** What prompts start with in the sandbox. */
const MARK = '(sandbox) ';

/** Marks the prompt of bash or zsh, unless it is marked already. Both run this before each prompt, because themes set the prompt anew. */
const MARK_PROMPT = `mc_static_key_prompt() { case "$PS1" in "${MARK}"*) ;; *) PS1="${MARK}$PS1" ;; esac; }`;

/** Marks the prompt of fish, after the user's startup files. */
const MARK_FISH_PROMPT = `if not functions -q fish_prompt; function fish_prompt; printf '> '; end; end
functions -c fish_prompt mc_static_key_prompt
function fish_prompt; printf '${MARK}'; mc_static_key_prompt; end`;

/**
 * Returns the user's shell for the sandbox. Many startup files export AWS_PROFILE and similar variables, so bash and zsh get
 * startup files that restore the sandbox's environment after the user's own. The prompt says that it is the sandbox.
 * @param sandboxEnv the environment variables of a child process of the sandbox
 * @param environment the sandbox's own variables and files, which are part of `sandboxEnv` already
 */
export async function sandboxShell(
  sandboxEnv: NodeJS.ProcessEnv,
  environment: SandboxEnvironment,
): Promise<ChildCommand> {
  const program = sandboxEnv.SHELL || (process.platform === 'win32' ? 'cmd.exe' : '/bin/sh');
  const shellEnv = { ...sandboxEnv, PS1: `${MARK}${sandboxEnv.PS1 ?? '$ '}` };
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
    case 'fish':
      return { program, args: ['--init-command', MARK_FISH_PROMPT], env: shellEnv };
    default:
      return { program, args: [], env: shellEnv };
  }
}

/** Returns a startup file that reads the user's own file, restores the sandbox's environment and marks the prompt. */
function bashrc(environment: SandboxEnvironment): string {
  return `if [ -f ~/.bashrc ]; then . ~/.bashrc; fi
${environmentCommands(environment).join('\n')}
${MARK_PROMPT}
PROMPT_COMMAND="\${PROMPT_COMMAND:+$PROMPT_COMMAND
}mc_static_key_prompt"
`;
}

/**
 * Returns a startup file that restores the sandbox's environment before the first prompt, after the user's startup files. It
 * restores the user's `ZDOTDIR` first, so that zsh reads the other startup files from there, and keeps its history there.
 */
function zshenv({ ZDOTDIR }: NodeJS.ProcessEnv, environment: SandboxEnvironment): string {
  return `${ZDOTDIR === undefined ? 'unset ZDOTDIR' : `export ZDOTDIR=${shellWord(ZDOTDIR)}`}
mc_static_key_sandbox() {
${environmentCommands(environment).join('\n')}
precmd_functions=(\${precmd_functions:#mc_static_key_sandbox} mc_static_key_prompt)
mc_static_key_prompt
unfunction mc_static_key_sandbox
}
${MARK_PROMPT}
precmd_functions+=(mc_static_key_sandbox)
if [[ -f \${ZDOTDIR:-$HOME}/.zshenv ]]; then . \${ZDOTDIR:-$HOME}/.zshenv; fi
`;
}
