import { programs, type CommandCompletion, type Offer } from "./completion-data.ts";

/** A script for bash 3.2 and later, `eval "$(helium completion bash)"`, that needs no other package. */
export function bashScript(commands: readonly CommandCompletion[]): string {
  const names = commands.map(({ name }) => name).join(" ");
  return `# bash completion of helium: eval "$(helium completion bash)"

# Those of the words that begin as what is typed; nothing of them is expanded.
_helium_words() {
  local word
  for word in "$@"; do
    if [[ $word == "$_helium_cur"* ]]; then COMPREPLY+=("$word"); fi
  done
}

# The same for the last of several, separated by commas.
_helium_list() {
  local word before=""
  if [[ $_helium_cur == *,* ]]; then before="\${_helium_cur%,*},"; fi
  for word in "$@"; do
    if [[ $before$word == "$_helium_cur"* ]]; then COMPREPLY+=("$before$word"); fi
  done
}

_helium_paths() {
  local path
  compopt -o filenames 2>/dev/null
  while IFS= read -r path; do COMPREPLY+=("$path"); done < <(compgen "$1" -- "$_helium_cur")
}

# Names of models, of all or of those in the cache.
_helium_models() {
  local name
  while IFS= read -r name; do
    if [[ $1 == all || $name == */* ]]; then _helium_words "$name"; fi
  done < <("\${COMP_WORDS[0]}" models --names 2>/dev/null)
}

_helium() {
  local _helium_cur="\${COMP_WORDS[COMP_CWORD]}" command="\${COMP_WORDS[1]}" option="" operand=0 at word
  local options="" valued=""
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    _helium_words ${names} --help --version
    return
  fi
  case "$command" in
${commands.map(commandCase).join("\n")}
  esac
  # --option=value are three words here.
  local plain=""
  for ((at = 2; at < COMP_CWORD; at++)); do
    word="\${COMP_WORDS[at]}"
    if [[ $word == "=" ]]; then continue
    elif [[ -n $option ]]; then option=""
    elif [[ -z $plain && $word == "--" ]]; then plain=yes
    elif [[ -z $plain && $word == -* ]]; then
      if [[ " $valued " == *" $word "* ]]; then option="$word"; fi
    else operand=$((operand + 1))
    fi
  done
  if [[ $_helium_cur == "=" ]]; then _helium_cur=""; fi
  if [[ -n $option ]]; then
    case "$command $option" in
${commands.flatMap(valueCases).join("\n")}
    esac
  elif [[ -z $plain && $_helium_cur == -* ]]; then
    # Words of a list that is written here.
    # shellcheck disable=SC2086
    _helium_words $options
  else
    case "$command $operand" in
${commands.flatMap(operandCases).join("\n")}
    esac
  fi
}

complete -F _helium ${programs.join(" ")}
`;
}

const namesOf = (options: CommandCompletion["options"]): string =>
  options.flatMap(({ name, short }) => (short === null ? [name] : [name, short])).join(" ");

function commandCase({ name, options }: CommandCompletion): string {
  const valued = options.filter(({ value }) => value !== undefined);
  return `    ${name})\n      options="${namesOf(options)}"\n      valued="${namesOf(valued)}"\n      ;;`;
}

const valueCases = ({ name, options }: CommandCompletion): string[] =>
  options.flatMap(({ name: option, short, value }) => {
    if (!value?.offer) return [];
    const patterns = [option, ...(short === null ? [] : [short])].map((spelling) => `"${name} ${spelling}"`);
    return [`      ${patterns.join(" | ")}) ${offerCall(value.offer)} ;;`];
  });

const operandCases = ({ name, operands }: CommandCompletion): string[] =>
  operands.map((offer, at) => {
    // The last stands for all that follow.
    const pattern = at === operands.length - 1 ? `"${name} "*` : `"${name} ${at}"`;
    return `      ${pattern}) ${offerCall(offer)} ;;`;
  });

function offerCall(offer: Offer): string {
  if (typeof offer === "object") return `${offer.isList ? "_helium_list" : "_helium_words"} ${offer.words.join(" ")}`;
  return calls[offer];
}

const calls: { readonly [K in Extract<Offer, string>]: string } = {
  file: "_helium_paths -f",
  folder: "_helium_paths -d",
  model: "_helium_models all; _helium_paths -f",
  "cached-model": "_helium_models cached",
};
