import { type CompletionCommand, type CompletionOption, type CompletionValue, flattened } from './model.ts';

/** Returns the completion for fish: a line for each command and option, with its condition. */
export function fishCompletion(name: string, root: CompletionCommand): string {
  const allCommands = flattened(root);
  const pathCases = allCommands.flatMap(({ commands }) => commands.map(pathCase));
  return `# Completion of ${name} for fish.
function __mc_static_key_at --description 'Whether the words so far lead to this command'
    set -l path ''
    for word in (commandline -opc)[2..]
        switch "$path $word"
            case '* --'
                break
${pathCases.join('\n')}
        end
    end
    test "$path" = "$argv"
end
function __mc_static_key_new --description 'Whether none of these options was given before'
    for word in (commandline -opc)[2..]
        contains -- (string replace -r '=.*' '' -- $word) $argv; and return 1
    end
    return 0
end
function __mc_static_key_new_or_last --description 'The same, or its value is being typed'
    for word in (commandline -opc)[2..-2]
        contains -- (string replace -r '=.*' '' -- $word) $argv; and return 1
    end
    return 0
end
complete -c ${name} -f
${allCommands.flatMap((command) => completeLines(name, command)).join('\n')}`;
}

/** Returns the `case` clause that extends the path of the parent command by this command. */
function pathCase({ path }: CompletionCommand): string {
  const parentPath = path.slice(0, -1).join(' ');
  return `            case '${parentPath} ${path.at(-1)}'\n                set path '${path.join(' ')}'`;
}

/** Returns the `complete` commands for a command: its subcommands, its argument and its options. */
function completeLines(name: string, { path, commands, options, argument }: CompletionCommand): string[] {
  const atCommand = `__mc_static_key_at ${path.join(' ')}`.trim();
  const line = (condition: string, flags: string) => `complete -c ${name} -n ${quoted(condition)} ${flags}`;
  return [
    ...commands.map((subcommand) =>
      line(atCommand, `-a ${subcommand.path.at(-1)} -d ${quoted(subcommand.description)}`),
    ),
    ...(argument ? [line(atCommand, argumentFlags(argument))] : []),
    ...options.map((option) => line(optionCondition(atCommand, option), optionFlags(option))),
  ];
}

/** Returns the condition for suggesting an option. A given option is not suggested again, unless it can be repeated. */
function optionCondition(atCommand: string, { names, value, repeatable }: CompletionOption): string {
  const isNew = value ? '__mc_static_key_new_or_last' : '__mc_static_key_new';
  return repeatable ? atCommand : `${atCommand}; and ${isNew} ${names.join(' ')}`;
}

/** Returns the flags of fish's `complete` for an option. */
function optionFlags({ names, description, value }: CompletionOption): string {
  const nameFlags = names.map((name) => name.replace(/^-(?!-)/, '-s ').replace(/^--/, '-l ')).join(' ');
  return `${nameFlags} -d ${quoted(description)}${value ? ` ${optionValueFlags(value)}` : ''}`;
}

function optionValueFlags(value: CompletionValue): string {
  if (value.kind === 'words') return `-x -a ${quoted(value.words.join(' '))}`;
  return value.kind === 'file' ? '-r -F' : '-x';
}

function argumentFlags(value: CompletionValue): string {
  if (value.kind === 'words') return `-a ${quoted(value.words.join(' '))}`;
  return value.kind === 'command' ? `-a '(__fish_complete_subcommand --fcs-skip=2)'` : '-f';
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
