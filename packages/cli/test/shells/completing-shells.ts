import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { InteractiveShell } from "./interactive-shell.ts";

/** A shell that has the completions of helium, as after it has read its user's settings. */
export interface CompletingShell {
  /** All that it offers for the end of a line; one offer is filled in. */
  offers(line: string): Promise<readonly string[]>;
  close(): void;
}

export type ShellName = "bash" | "zsh" | "zsh, from a file" | "fish";

export type OpenShell = (folder: string, env: Readonly<Record<string, string>>) => Promise<CompletingShell>;

const SHOWN = /<<([^>]*)>>/;

/** A shell whose Ctrl-T writes all offers into the line and whose Ctrl-G shows the line and empties it. */
async function typed(
  command: string,
  setup: string,
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<CompletingShell> {
  const shell = new InteractiveShell(command, env, folder);
  await shell.type(`${setup}; echo REA''DY\n`, /READY\r?\n/);
  return {
    offers: async (line) => {
      const [, shown = ""] = await shell.type(`${line}\u0014\u0007`, SHOWN);
      const kept = line.slice(0, line.lastIndexOf(" ") + 1);
      const added = shown.startsWith(kept) ? shown.slice(kept.length) : shown;
      const words = added.trim().split(/ +/).filter(Boolean);
      return words.length === 1 && words[0] === line.slice(kept.length) ? [] : words;
    },
    close: () => shell.close(),
  };
}

const inBash: OpenShell = (folder, env) =>
  typed(
    "bash --norc --noprofile -i",
    [
      "bind 'set bell-style none'",
      "bind 'set enable-bracketed-paste off'",
      `bind -x '"\\C-g": printf "\\n<<%s>>\\n" "$READLINE_LINE"; READLINE_LINE=""'`,
      `bind '"\\C-t": insert-completions'`,
      'eval "$(helium completion bash)"',
    ].join("; "),
    folder,
    env,
  );

/** @param completion how the script gets into the shell */
const inZsh =
  (completion: { readonly before: string; readonly after: string }): OpenShell =>
  (folder, env) => {
    writeFileSync(
      join(folder, "settings.zsh"),
      [
        completion.before,
        "autoload -Uz compinit && compinit -u",
        "zstyle ':completion:*' menu no",
        "zstyle ':completion:all-matches::::' completer _all_matches _complete",
        "zstyle ':completion:all-matches:*' insert true",
        "zle -C all-matches complete-word _generic",
        "bindkey '^T' all-matches",
        "show() { print -r -- \"<<$BUFFER>>\"; BUFFER= }; zle -N show; bindkey '^G' show",
        completion.after,
      ].join("\n"),
    );
    return typed("zsh -f -i", "source ./settings.zsh", folder, env);
  };

/** fish prints its offers itself. */
const inFish: OpenShell = async (folder, env) => {
  const settings = join(folder, "settings.fish");
  writeFileSync(settings, execFileSync("helium", ["completion", "fish"], { env }));
  return {
    offers: async (line) => {
      const program = `source ${settings}; complete -C '${line}'`;
      const out = execFileSync("fish", ["--no-config", "-c", program], { cwd: folder, env, encoding: "utf8" });
      return out
        .split("\n")
        .filter(Boolean)
        .map((row) => row.split("\t")[0]!);
    },
    close: () => undefined,
  };
};

export const openShells: Readonly<Record<ShellName, OpenShell>> = {
  bash: inBash,
  zsh: inZsh({ before: "", after: "source <(helium completion zsh)" }),
  "zsh, from a file": inZsh({
    before: "mkdir -p functions; helium completion zsh > functions/_helium; fpath=($PWD/functions $fpath)",
    after: "",
  }),
  fish: inFish,
};
