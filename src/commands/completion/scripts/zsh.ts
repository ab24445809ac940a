import { type CompletionCommand, type CompletionOption, flattened, type Value } from './model.ts';

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

function functionOf(name: string, command: CompletionCommand): string {
  const { commands, options, argument } = command;
  const specs = options.map(optionSpec);
  if (commands.length === 0) {
    return `${nameOf(name, command)}() {
  _arguments -s -S ${continued([...specs, ...(argument ? [argumentSpec(argument)] : [])])}
}`;
  }
  const described = commands.map(
    ({ path, description }) => `    ${quoted(`${path.at(-1)}:${escaped(description, /[\\:]/g)}`)}`,
  );
  const calls = commands.map((each) => `        ${each.path.at(-1)}) ${nameOf(name, each)} ;;`);
  return `${nameOf(name, command)}() {
  local context state state_descr line
  typeset -A opt_args
  local -a commands=(
${described.join('\n')}
  )
  _arguments -C -s ${continued([...specs, quoted('1:command:->command'), quoted('*::argument:->argument')])}
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

function nameOf(name: string, { path }: CompletionCommand): string {
  return [`_${name}`, ...path].join('_');
}

function continued(specs: string[]): string {
  return specs.map((spec) => `\\\n    ${spec}`).join(' ');
}

/** Returns the spec of an option. Unless it can be repeated, it excludes its other name and itself. */
function optionSpec({ names, description, value, repeatable }: CompletionOption): string {
  const once = repeatable ? '*' : names.length > 1 ? `(${names.join(' ')})` : '';
  const after = value ? `:${actionOf(value)}` : '';
  const specs = names.map((each) => {
    const assigned = value && each.startsWith('--') ? `${each}=` : each;
    return quoted(`${once}${assigned}[${escaped(description, /[\\[\]]/g)}]${after}`);
  });
  return specs.join(' ');
}

function argumentSpec(value: Value): string {
  return quoted(value.kind === 'command' ? '*:::command:_normal' : `1:${actionOf(value)}`);
}

/** Returns the message and the suggestions for a value. A space suggests nothing and prevents file suggestions. */
function actionOf(value: Value): string {
  if (value.kind === 'words') return `value:(${value.words.join(' ')})`;
  return value.kind === 'file' ? 'file:_files' : 'value: ';
}

function escaped(text: string, special: RegExp): string {
  return text.replace(special, '\\$&');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
