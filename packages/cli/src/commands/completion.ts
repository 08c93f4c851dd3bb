import { defineCommand, type Command } from "../command.ts";
import type { CommandGroups } from "../command-table.ts";
import { bashScript } from "../completion/bash-script.ts";
import { completionData } from "../completion/completion-data.ts";
import { fishScript } from "../completion/fish-script.ts";
import { zshScript } from "../completion/zsh-script.ts";
import { UsageError } from "../options/option-table.ts";

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;
const shells = Object.keys(scripts) as (keyof typeof scripts)[];

/** `helium completion`; the commands are asked for when it runs, since it is one of them. */
export const completionCommand = (groups: () => CommandGroups): Command =>
  defineCommand({
    name: "completion",
    operands: shells.join("|"),
    operandKinds: [shells],
    summary: "print a script that completes command lines in your shell",
    details: `Prints a script that lets the shell complete commands, options, their values, files and the names of models. For bash, put
eval "$(helium completion bash)" into ~/.bashrc. For zsh, put source <(helium completion zsh) into ~/.zshrc, behind compinit. For
fish, write the script to ~/.config/fish/completions/helium.fish.`,
    examples: [
      ['eval "$(helium completion bash)"', "completion in this bash"],
      ["source <(helium completion zsh)", "completion in this zsh"],
      ["helium completion fish > ~/.config/fish/completions/helium.fish", "completion in every fish"],
    ],
    options: {},
    without: ["model", "backend", "gpujsMode", "codegen", "threads", "json"],
    run: async ({ positionals }, { stdout }) => {
      const [given, ...more] = positionals;
      const shell = shells.find((name) => name === given);
      if (shell === undefined || more.length > 0)
        throw new UsageError(
          "helium completion",
          `takes one of ${shells.join(", ")}; given ${positionals.join(" ") || "none"}`,
        );
      stdout.write(scripts[shell](completionData(groups())));
    },
  });
