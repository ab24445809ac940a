import { type CompletionCommand, type CompletionOption, type CompletionValue, flattened } from './model.ts';

/**
 * Returns the completion for zsh: a function for each command, based on zsh's own `_arguments`. The script works both as a file
 * in `fpath` and when sourced.
 */
export function zshCompletion(name: string, root: CompletionCommand): string {
  return `#compdef ${name}
# Completion of ${name} for zsh.
${flattened(root)
  .map((command) => functionOf(name, command))
  .join('\n')}
if [[ $funcstack[1] == _${name} ]]; then
  _${name} "$@"
else
  compdef _${name} ${name}
fi`;
}

/** Returns the shell function that completes a command. */
function functionOf(name: string, command: CompletionCommand): string {
  const { commands, options, argument } = command;
  const specs = options.map(optionSpec);
  if (commands.length === 0) {
    return `${functionName(name, command)}() {
  _arguments -s -S ${onContinuedLines([...specs, ...(argument ? [argumentSpec(argument)] : [])])}
}`;
  }
  const descriptions = commands.map(
    ({ path, description }) => `    ${quoted(`${path.at(-1)}:${escaped(description, /[\\:]/g)}`)}`,
  );
  const calls = commands.map((each) => `        ${each.path.at(-1)}) ${functionName(name, each)} ;;`);
  return `${functionName(name, command)}() {
  local context state state_descr line
  typeset -A opt_args
  local -a commands=(
${descriptions.join('\n')}
  )
  _arguments -C -s ${onContinuedLines([...specs, quoted('1:command:->command'), quoted('*::argument:->argument')])}
  case $state in
    command) _describe command commands ;;
    argument)
      case $words[1] in
${calls.join('\n')}
      esac
      ;;
  esac
}`;
}

function functionName(name: string, { path }: CompletionCommand): string {
  return [`_${name}`, ...path].join('_');
}

/** Returns the specs as arguments of `_arguments`, one on each line. */
function onContinuedLines(specs: string[]): string {
  return specs.map((spec) => `\\\n    ${spec}`).join(' ');
}

/** Returns the spec of an option for `_arguments`. Without `repeatable`, a given option is not suggested again by either name. */
function optionSpec({ names, description, value, repeatable }: CompletionOption): string {
  const excludedNames = names.length > 1 ? `(${names.join(' ')})` : '';
  const prefix = repeatable ? '*' : excludedNames;
  const suffix = value ? `:${messageAndAction(value)}` : '';
  const specs = names.map((name) => {
    const nameWithEqualsSign = value && name.startsWith('--') ? `${name}=` : name;
    return quoted(`${prefix}${nameWithEqualsSign}[${escaped(description, /[\\[\]]/g)}]${suffix}`);
  });
  return specs.join(' ');
}

function argumentSpec(value: CompletionValue): string {
  return quoted(value.kind === 'command' ? '*:::command:_normal' : `1:${messageAndAction(value)}`);
}

/** Returns a message and an action for `_arguments`. The action of one space suggests nothing and prevents file suggestions. */
function messageAndAction(value: CompletionValue): string {
  if (value.kind === 'words') return `value:(${value.words.join(' ')})`;
  return value.kind === 'file' ? 'file:_files' : 'value: ';
}

function escaped(text: string, special: RegExp): string {
  return text.replace(special, '\\$&');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
