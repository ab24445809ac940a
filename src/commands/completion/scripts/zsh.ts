import { type CompletionCommand, type CompletionOption, flattened, type Value } from './model.ts';

/**
 * The completion for zsh: a function for each command, in the terms of zsh's own `_arguments`. The text works as a file
 * in `fpath` as well as sourced.
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

/** One option. Its names exclude each other, and itself a second time, unless it may be repeated. */
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

/** A message and what is offered. A space offers nothing, and keeps zsh from offering files. */
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
