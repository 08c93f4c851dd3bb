import { programs, type CommandCompletion, type Offer, type OptionCompletion } from "./completion-data.ts";

/** A script for fish 3 and later: `helium completion fish | source`, or a file in `~/.config/fish/completions`. */
export function fishScript(commands: readonly CommandCompletion[]): string {
  return `# fish completion of helium: helium completion fish | source

# Options with a value, by command.
${commands.map(valuedLine).join("\n")}

# True where the command is the given one.
function __helium_command
    set -l words (commandline -opc)
    test (count $words) -ge 2; and test $words[2] = $argv[1]
end

# True at the given operand of the given command, counted from 0, or, with "on" behind it, at any later one.
function __helium_operand
    __helium_command $argv[1]; or return 1
    set -l words (commandline -opc)
    set -l valued __helium_valued_$argv[1]
    set -l count 0
    set -l skip 0
    set -l plain 0
    for word in $words[3..]
        if test $skip = 1
            set skip 0
        else if test $plain = 0; and test "$word" = --
            set plain 1
        else if test $plain = 0; and string match -q -- '-*' $word
            contains -- $word $$valued; and set skip 1
        else
            set count (math $count + 1)
        end
    end
    test $skip = 0; or return 1
    test $count = $argv[2]; or begin
        test "$argv[3]" = on; and test $count -gt $argv[2]
    end
end

# Names of models, of all or of those in the cache.
function __helium_models
    set -l words (commandline -opc)
    for name in ($words[1] models --names 2>/dev/null)
        if test $argv[1] = all; or string match -q '*/*' -- $name
            echo $name
        end
    end
end

# Each word behind those of a list that are typed already.
function __helium_list
    set -l before (string replace -r '^--[^=]*=' '' -- (commandline -ct) | string match -r '.*,')
    for word in $argv
        echo "$before$word"
    end
end

for program in ${programs.join(" ")}
    complete -c $program -e
    complete -c $program -f
    complete -c $program -n __fish_is_first_token -s h -l help -d 'print all commands'
    complete -c $program -n __fish_is_first_token -s v -l version -d 'print the version'
${commands
  .flatMap(lines)
  .map((line) => `    ${line}`)
  .join("\n")}
end
`;
}

function valuedLine({ name, options }: CommandCompletion): string {
  const valued = options.filter(({ value }) => value !== undefined);
  const spellings = valued.flatMap(({ name: long, short }) => (short === null ? [long] : [long, short]));
  return ["set -g", `__helium_valued_${name}`, ...spellings].join(" ");
}

const lines = ({ name, summary, options, operands }: CommandCompletion): string[] => [
  `complete -c $program -n __fish_is_first_token -a ${name} -d ${quoted(summary)}`,
  ...options.map((option) => optionLine(name, option)),
  ...operands.map((offer, at) => {
    const place = `__helium_operand ${name} ${at}${at === operands.length - 1 ? " on" : ""}`;
    return ["complete -c $program -n", quoted(place), ...offerFlags(offer)].join(" ");
  }),
];

function optionLine(command: string, { name, short, help, value }: OptionCompletion): string {
  return [
    `complete -c $program -n ${quoted(`__helium_command ${command}`)}`,
    ...(short === null ? [] : [`-s ${short.slice(1)}`]),
    `-l ${name.slice(2)}`,
    ...(value === undefined ? [] : ["-r", ...(value.offer === null ? ["-f"] : offerFlags(value.offer))]),
    `-d ${quoted(help)}`,
  ].join(" ");
}

function offerFlags(offer: Offer): string[] {
  if (typeof offer !== "object") return flags[offer];
  const words = offer.words.join(" ");
  return ["-f", "-a", quoted(offer.isList ? `(__helium_list ${words})` : words)];
}

const flags: { readonly [K in Extract<Offer, string>]: string[] } = {
  file: ["-F"],
  folder: ["-f", "-a", "'(__fish_complete_directories (commandline -ct))'"],
  model: ["-F", "-a", "'(__helium_models all)'"],
  "cached-model": ["-f", "-a", "'(__helium_models cached)'"],
};

/** Within single quotes, fish knows the backslash and the quote. */
const quoted = (text: string): string => `'${text.replace(/[\\']/g, "\\$&")}'`;
