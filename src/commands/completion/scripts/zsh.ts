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

/** Returns the function that completes a command. */
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

/** Returns the arguments of `_arguments`, one on each line. */
function onContinuedLines(specs: string[]): string {
  return specs.map((spec) => `\\\n    ${spec}`).join(' ');
}

/** Returns the spec of an option. Unless it can be repeated, it excludes its other name and itself. */
function optionSpec({ names, description, value, repeatable }: CompletionOption): string {
  const excludedNames = names.length > 1 ? `(${names.join(' ')})` : '';
  const prefix = repeatable ? '*' : excludedNames;
  const suffix = value ? `:${actionOf(value)}` : '';
  const specs = names.map((name) => {
    const nameWithSign = value && name.startsWith('--') ? `${name}=` : name;
    return quoted(`${prefix}${nameWithSign}[${escaped(description, /[\\[\]]/g)}]${suffix}`);
  });
  return specs.join(' ');
}

function argumentSpec(value: Value): string {
  return quoted(value.kind === 'command' ? '*:::command:_normal' : `1:${actionOf(value)}`);
}

/** Returns zsh's message and action for a value. The action of one space suggests nothing and prevents file suggestions. */
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
