import { type CompletionCommand, type CompletionOption, flattened, type Value } from './model.ts';

/** Returns the completion for fish: a line for each command and option, with its condition. */
export function fishCompletion(name: string, root: CompletionCommand): string {
  const all = flattened(root);
  const steps = all.flatMap(({ commands }) => commands.map(step));
  return `# Completion of ${name} for fish.
function __mc_static_key_at --description 'Whether the words so far lead to this command'
    set -l path ''
    for word in (commandline -opc)[2..]
        switch "$path $word"
            case '* --'
                break
${steps.join('\n')}
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
${all.flatMap((command) => linesOf(name, command)).join('\n')}`;
}

function step({ path }: CompletionCommand): string {
  const from = path.slice(0, -1).join(' ');
  return `            case '${from} ${path.at(-1)}'\n                set path '${path.join(' ')}'`;
}

function linesOf(name: string, { path, commands, options, argument }: CompletionCommand): string[] {
  const here = `__mc_static_key_at ${path.join(' ')}`.trim();
  const line = (condition: string, rest: string) => `complete -c ${name} -n ${quoted(condition)} ${rest}`;
  return [
    ...commands.map((each) => line(here, `-a ${each.path.at(-1)} -d ${quoted(each.description)}`)),
    ...(argument ? [line(here, argumentOf(argument))] : []),
    ...options.map((option) => line(conditionOf(here, option), optionOf(option))),
  ];
}

/** An option that was given is not suggested again, unless it can be repeated. */
function conditionOf(here: string, { names, value, repeatable }: CompletionOption): string {
  const isNew = value ? '__mc_static_key_new_or_last' : '__mc_static_key_new';
  return repeatable ? here : `${here}; and ${isNew} ${names.join(' ')}`;
}

function optionOf({ names, description, value }: CompletionOption): string {
  const named = names.map((each) => each.replace(/^-(?!-)/, '-s ').replace(/^--/, '-l ')).join(' ');
  return `${named} -d ${quoted(description)}${value ? ` ${argumentsOf(value)}` : ''}`;
}

function argumentsOf(value: Value): string {
  if (value.kind === 'words') return `-x -a ${quoted(value.words.join(' '))}`;
  return value.kind === 'file' ? '-r -F' : '-x';
}

function argumentOf(value: Value): string {
  if (value.kind === 'words') return `-a ${quoted(value.words.join(' '))}`;
  return value.kind === 'command' ? `-a '(__fish_complete_subcommand --fcs-skip=2)'` : '-f';
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
