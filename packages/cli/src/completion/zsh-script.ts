import { programs, type CommandCompletion, type Offer, type OptionCompletion } from "./completion-data.ts";

/** A script for zsh: `source <(helium completion zsh)` behind compinit, or a file `_helium` in a folder of `$fpath`. */
export function zshScript(commands: readonly CommandCompletion[]): string {
  return `#compdef ${programs.join(" ")}
# zsh completion of helium: source <(helium completion zsh), or a file _helium in a folder of $fpath

_helium_names() {
  names=(\${(f)"$(_call_program models \${(q)_helium_program} models --names 2>/dev/null)"})
}

# Names of models, and files that may be some.
_helium_models() {
  local -a names
  _helium_names
  _alternative 'models:model:compadd -a names' 'files:file:_files'
}

# Models of the cache alone.
_helium_cached() {
  local -a names
  _helium_names
  names=(\${(M)names:#*/*})
  compadd "$@" -a names
}

_helium_commands() {
  local -a commands
  commands=(
${commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary.replaceAll(":", "\\:")}`)}`).join("\n")}
  )
  _describe -t commands command commands
}

_helium() {
  local curcontext="$curcontext" state _helium_program=$words[1]
  local -a line
  _arguments -C -S '(-)'{-h,--help}'[print all commands]' '(-)'{-v,--version}'[print the version]' \\
    '1:command:_helium_commands' '*:: :->rest'
  [[ $state == rest ]] || return
  curcontext="\${curcontext%:*:*}:helium-$words[1]:"
  case $words[1] in
${commands.map(commandCase).join("\n")}
  esac
}

if [[ $funcstack[1] == _helium ]]; then _helium "$@"; else compdef _helium ${programs.join(" ")}; fi
`;
}

function commandCase({ name, options, operands }: CommandCompletion): string {
  const specs = [
    ...options.flatMap(optionSpecs),
    ...operands.map((offer, at) => operandSpec(offer, at, operands.length)),
  ];
  return `    ${name})\n      _arguments -s -S \\\n${specs.map((spec) => `        ${quoted(spec)}`).join(" \\\n")}\n      ;;`;
}

/** One spec for each spelling; giving one, the others are no longer offered. */
function optionSpecs({ name, short, help, value }: OptionCompletion): string[] {
  const explained = `[${escaped(help)}]`;
  const action =
    value === undefined ? "" : `:${escaped(value.placeholder)}:${value.offer === null ? " " : actionOf(value.offer)}`;
  const others = short === null ? `(${name})` : `(${short} ${name})`;
  const long = `${others}${name}${value === undefined ? "" : "="}${explained}${action}`;
  return short === null ? [long] : [`${others}${short}${value === undefined ? "" : "+"}${explained}${action}`, long];
}

function operandSpec(offer: Offer, at: number, count: number): string {
  const label = typeof offer === "object" ? "word" : offer;
  return `${at === count - 1 ? "*" : at + 1}:${label}:${actionOf(offer)}`;
}

function actionOf(offer: Offer): string {
  if (typeof offer === "object")
    return offer.isList ? `_values -s , word ${offer.words.join(" ")}` : `(${offer.words.join(" ")})`;
  return actions[offer];
}

const actions: { readonly [K in Extract<Offer, string>]: string } = {
  file: "_files",
  folder: "_path_files -/",
  model: "_helium_models",
  "cached-model": "_helium_cached",
};

/** Signs that a spec has a meaning for. */
const escaped = (text: string): string => text.replace(/[[\]:\\]/g, "\\$&");

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
