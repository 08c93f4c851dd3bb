import { UsageError, type ValueOption } from "../../options/option-table.ts";
import { alignColumns } from "../../terminal/text-layout.ts";
import { DEFAULT, settingKeys, settingName, settingOptions, withSetting } from "../chat-settings.ts";
import { contextUse, statsLines } from "../chat-stats.ts";
import type { Conversation } from "../conversation.ts";
import { done, said, type ChatCommand } from "./chat-command.ts";

/** What shows and changes how answers are made. */
export const settingCommands = {
  set: {
    argument: "NAME VALUE",
    summary: `change a setting, such as /set temperature 0.7; the value ${DEFAULT} takes it back`,
    complete: settingsBeginning,
    run: (argument, conversation) => {
      const [name = "", ...rest] = argument.split(/\s+/);
      const value = rest.join(" ");
      if (name === "") return said("settings:", ...settingRows(conversation));
      if (value === "")
        throw new UsageError("/set", `needs a value: /set ${name} VALUE; /set alone lists the settings`);
      conversation.settings = withSetting(conversation.settings, name, value);
      return done(`${name} is ${value} now`);
    },
  },
  show: {
    argument: "",
    summary: "show the model, the system message and the settings",
    run: (_, conversation) => {
      const { modelName, backend, hasTemplate, system, messages } = conversation;
      const rows = [
        ["model", `${modelName} (${backend}${hasTemplate ? "" : "; no chat template, it goes on with the text"})`],
        ["context", contextUse(conversation)],
        ["messages", String(messages.length)],
        ["system", system ?? "none"],
      ];
      return said(...alignColumns(rows), "settings:", ...settingRows(conversation));
    },
  },
  stats: {
    argument: "",
    summary: "show tokens, speed and how full the context is",
    run: (_, conversation) => said(...statsLines(conversation)),
  },
} as const satisfies Readonly<Record<string, ChatCommand>>;

function settingRows({ settings, maxNewTokens }: Conversation): string[] {
  const shown = { ...settings, maxNewTokens, temperature: settings.greedy ? 0 : settings.temperature };
  return alignColumns(
    settingKeys.map((key) => [`  ${settingName(key)}`, String(shown[key] ?? DEFAULT), settingOptions[key].help]),
  );
}

/** Names of settings, then their values. */
function settingsBeginning(argument: string): readonly string[] {
  const [, name = "", given] = /^(\S*)(?:\s+(\S*))?$/.exec(argument) ?? [];
  if (given === undefined) return settingKeys.map(settingName).filter((one) => one.startsWith(name));
  const key = settingKeys.find((one) => settingName(one) === name);
  const option: ValueOption<unknown> | undefined = key && settingOptions[key];
  return [...(option?.values ?? []), DEFAULT]
    .filter((value) => value.startsWith(given))
    .map((value) => `${name} ${value}`);
}
