import type { GenerateOptions } from "@helium-lm/helium";
import { nearestName } from "@helium-lm/tensor";
import { choice, integer, optionName, UsageError, type ValueOption } from "../options/option-table.ts";
import { samplingOf, samplingOptions } from "../options/sampling-options.ts";

/** What `/set` changes; an undefined one is as the model or the program has it. */
export interface ChatSettings {
  readonly greedy: boolean;
  readonly sample: boolean;
  readonly temperature: number | undefined;
  readonly topK: number | undefined;
  readonly topP: number | undefined;
  readonly seed: number | undefined;
  readonly maxNewTokens: number | undefined;
  /** Whether thoughts are shown. */
  readonly thoughts: "on" | "off" | undefined;
  /** Whether the model is asked to think; undefined: as its template has it. */
  readonly think: "on" | "off" | undefined;
  /** Whether the figures of each answer follow it. */
  readonly stats: "on" | "off" | undefined;
}

type SettingName = Exclude<keyof ChatSettings, "greedy" | "sample">;

const onOff = (help: string): ValueOption<"on" | "off"> => choice("on|off", ["on", "off"], help);

/** Settings by the names of the command's options. */
export const settingOptions = {
  temperature: samplingOptions.temperature,
  topK: samplingOptions.topK,
  topP: samplingOptions.topP,
  seed: samplingOptions.seed,
  maxNewTokens: integer("n", 1, "maximum tokens per answer"),
  thoughts: onOff("show the thoughts before an answer"),
  think: onOff("ask the model to think before it answers"),
  stats: onOff("show the figures of each answer behind it"),
} as const satisfies { readonly [K in SettingName]: ValueOption<ChatSettings[K] & {}> };

/** `maxNewTokens` → `max-new-tokens` */
export const settingName = (key: string): string => optionName(key).slice(2);

export const settingKeys = Object.keys(settingOptions) as readonly SettingName[];

/** Names that users of Ollama and of OpenAI's API know, in the spelling of ours. */
const otherNames: Readonly<Record<string, SettingName>> = {
  "num-predict": "maxNewTokens",
  "max-tokens": "maxNewTokens",
  verbose: "stats",
};

/** What the settings are back to where they are set so. */
export const DEFAULT = "default";

/** Settings after `/set name value`. @throws UsageError for an unknown name, and for a value outside of its domain */
export function withSetting(settings: ChatSettings, name: string, value: string): ChatSettings {
  const spelled = name.toLowerCase().replaceAll("_", "-");
  const key = settingKeys.find((one) => settingName(one) === spelled) ?? otherNames[spelled];
  if (key === undefined) {
    const known = settingKeys.map(settingName);
    throw new UsageError(
      "/set",
      `knows no ${JSON.stringify(name)}; expected ${known.join(", ")}; did you mean ${nearestName(spelled, known)}?`,
      { given: name, expected: known },
    );
  }
  // What was said about sampling last is what counts.
  const isSampling = key in samplingOptions;
  const before = isSampling ? { ...settings, greedy: false } : settings;
  if (value === DEFAULT) return { ...before, [key]: undefined };
  const option: ValueOption<unknown> = settingOptions[key];
  const parsed = option.parse(value);
  if (parsed === undefined)
    throw new UsageError(
      `/set ${settingName(key)}`,
      `is ${JSON.stringify(value)}; expected ${option.expected}, or ${DEFAULT}`,
      { given: value, expected: option.expected },
    );
  return { ...before, [key]: parsed };
}

/** How the tokens of an answer are picked. With a seed, each attempt at the same answer has one of its own. */
export function generationOf(settings: ChatSettings, attempt: number): GenerateOptions {
  const { seed } = settings;
  const own = seed === undefined ? undefined : (seed + attempt) % 2 ** 32;
  return samplingOf("helium chat", { ...settings, seed: own });
}
