import { type CompletionCommand, type CompletionOption, type CompletionValue, flattened } from './model.ts';

/**
 * Returns the completion for bash 3.2 (the macOS version) and later, without the package bash-completion. So it uses no
 * associative arrays and no `mapfile`. Bash can't show descriptions.
 */
export function bashCompletion(name: string, root: CompletionCommand): string {
  const allCommands = flattened(root);
  return `# Completion of ${name} for bash.
_mc_static_key() {
  local cur=\${COMP_WORDS[COMP_CWORD]} path='' option='' count=0 used=' ' at word
  local once='' many='' words='' kind=''
  COMPREPLY=()
  # Bash takes --name=value apart at the equals sign.
  [[ $cur == = ]] && cur=''
  for ((at = 1; at < COMP_CWORD; at++)); do
    word=\${COMP_WORDS[at]}
    case $word in
      --) option=-- && break ;;
      =) continue ;;
      -*) option=$word && count=0 && used="$used$word " && continue ;;
    esac
    count=$((count + 1))
    case "$path $word" in
${allCommands.flatMap(({ commands }) => commands.map(pathCase)).join('\n')}
    esac
  done

  case $path in
${allCommands.map(commandCase).join('\n')}
  esac
  if [[ $option == -- ]]; then
    [[ $kind == command ]] || return
    if ((at + 1 == COMP_CWORD)); then COMPREPLY=($(compgen -c -- "$cur")); else _mc_static_key_files; fi
    return
  fi

  case $option in
    ${repeatableNames(allCommands)}) ;;
    *) ((count > 0)) && option='' ;;
  esac
  case $option in
${valueCases(allCommands).join('\n')}
    *) option='' ;;
  esac
  if [[ -n $option && $cur != -* ]]; then
    if [[ $kind == file ]]; then _mc_static_key_files; else COMPREPLY=($(compgen -W "$words" -- "$cur")); fi
    return
  fi
  if [[ $cur == -* || -z $words ]]; then
    # An option that was given is not offered again, by neither of its names.
    for word in $once; do
      [[ $used == *" \${word%,*} "* || $used == *" \${word#*,} "* ]] || words="$words \${word/,/ }"
    done
    words="$words $many"
  fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
_mc_static_key_files() {
  local file
  while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "$cur")
  type compopt &>/dev/null && compopt -o filenames 2>/dev/null
  return 0
}
complete -F _mc_static_key ${name}`;
}

/** Returns the `case` clause that extends the path of the parent command by this command. */
function pathCase({ path }: CompletionCommand): string {
  return `      '${path.slice(0, -1).join(' ')} ${path.at(-1)}') path='${path.join(' ')}' && option='' ;;`;
}

/** Returns the `case` clause with the suggestions for a command: subcommands and argument, options, and repeatable options. */
function commandCase({ path, commands, options, argument }: CompletionCommand): string {
  const namesOf = (repeatable: boolean) =>
    options.filter((option) => option.repeatable === repeatable).map(({ names }) => names.join(','));
  const words = [...commands.map((each) => each.path.at(-1)), ...(argument ? wordsOf(argument) : [])];
  const kind = argument?.kind === 'command' ? ' kind=command' : '';
  return `    '${path.join(' ')}') words='${words.join(' ')}' once='${namesOf(false).join(' ')}' many='${namesOf(true).join(' ')}'${kind} ;;`;
}

function wordsOf(value: CompletionValue): readonly string[] {
  return value.kind === 'words' ? value.words : [];
}

function optionsWithValues(commands: CompletionCommand[]): CompletionOption[] {
  return commands.flatMap(({ options }) => options.filter(({ value }) => value !== undefined));
}

/** Returns the pattern for the options that can be repeated with further values. */
function repeatableNames(commands: CompletionCommand[]): string {
  const repeatable = optionsWithValues(commands).filter((option) => option.repeatable);
  return [...new Set(repeatable.flatMap(({ names }) => names))].join(' | ');
}

/** Returns the `case` clauses with the suggestions for the options' values. Options with the same values share a clause. */
function valueCases(commands: CompletionCommand[]): string[] {
  const namesByBody = new Map<string, Set<string>>();
  for (const { names, value } of optionsWithValues(commands)) {
    const body = value?.kind === 'file' ? 'kind=file' : `words='${value ? wordsOf(value).join(' ') : ''}'`;
    namesByBody.set(body, new Set([...(namesByBody.get(body) ?? []), ...names]));
  }
  return [...namesByBody].map(([body, names]) => `    ${[...names].join(' | ')}) ${body} ;;`);
}
