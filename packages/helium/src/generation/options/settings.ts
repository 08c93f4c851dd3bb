import { isPositiveInteger, refuse, refuseName } from "../option-checks.ts";
import { listOf } from "../../given-values.ts";
import { aFlag, aNumber } from "../processors/definition.ts";
import type { LogitsProcessorName } from "../processors/index.ts";
import { draftSchedules } from "../speculation/draft-length.ts";
import type { GenerationConfig } from "./generation-config.ts";

/**
 * How a config file holds an option: "float" is written with a point, since `generate` in Python refuses `temperature: 1`;
 * "model" is a key of the model's own config; "call" is in no file.
 */
export type KeyKind = "float" | "other" | "model" | "call";

/** All there is to know of an option of a generation config that belongs to no logits processor, beside its docstring. */
interface Setting<V> {
  /** Value where neither call nor config sets it; null = off. */
  readonly default: V;
  /** @throws GenerationError that names the option, for a value outside its domain */
  readonly check: (given: unknown, name: string) => V;
  /** Default "other". */
  readonly kind?: KeyKind;
  /** Where neither sets it, the draft model's own generation config may. */
  readonly ofAssistant?: true;
}

const setting = <V>(
  otherwise: V,
  check: Setting<V>["check"],
  more: Pick<Setting<V>, "kind" | "ofAssistant"> = {},
): Setting<V> => ({ default: otherwise, check, ...more });

const positive = aNumber("an integer > 0", isPositiveInteger);

const oneOf =
  <const T>(values: readonly T[], expected: string) =>
  (given: unknown, name: string): T =>
    values.includes(given as T) ? (given as T) : refuseName(name, given, expected);

/** They may be outside the vocabulary: no row then holds them. */
function tokenIds(given: unknown, name: string): readonly number[] {
  const ids = listOf(given) ?? [given];
  const odd = ids.findIndex((id) => !Number.isInteger(id));
  return odd < 0 ? (ids as readonly number[]) : refuse(name, ids[odd], "a token id or a list of them");
}

const asGiven = (given: unknown): unknown => given;

/** Options that are used as they are set. */
export const settings = {
  maxTime: setting<number | null>(
    null,
    aNumber("a number of seconds ≥ 0", (t) => t >= 0),
    { kind: "float" },
  ),
  doSample: setting(false, aFlag),
  numBeams: setting(1, positive),
  numReturnSequences: setting(1, positive),
  lengthPenalty: setting(1, aNumber("a number", Number.isFinite), { kind: "float" }),
  earlyStopping: setting<boolean | "never">(false, oneOf([true, false, "never"], 'true, false or "never"')),
  promptLookupNumTokens: setting<number | null>(null, positive),
  maxMatchingNgramSize: setting(2, positive),
  numAssistantTokens: setting(20, positive, { ofAssistant: true }),
  /** Not transformers' default. */
  numAssistantTokensSchedule: setting("adaptive", oneOf(draftSchedules, `one of ${draftSchedules.join(", ")}`)),
  assistantConfidenceThreshold: setting(
    0.4,
    aNumber("a number from 0 to 1", (p) => p >= 0 && p <= 1),
    { kind: "float", ofAssistant: true },
  ),
  tokenHealing: setting(false, aFlag),
  prefillChunkSize: setting<number | null>(null, positive),
  useCache: setting(true, aFlag, { kind: "model" }),
  outputScores: setting(false, aFlag),
  outputLogits: setting(false, aFlag),
  outputHiddenStates: setting(false, aFlag, { kind: "model" }),
  outputAttentions: setting(false, aFlag, { kind: "model" }),
};

/** Options that decide together with others: `resolve.ts` says how. */
const joined = {
  maxNewTokens: setting<unknown>(null, asGiven),
  maxLength: setting<unknown>(null, asGiven),
  stopStrings: setting<unknown>(null, asGiven),
  bosTokenId: setting<readonly number[]>([], tokenIds, { kind: "model" }),
  eosTokenId: setting<readonly number[]>([], tokenIds, { kind: "model" }),
  padTokenId: setting<readonly number[]>([], tokenIds, { kind: "model" }),
};

type ValuesOf<T> = { readonly [K in keyof T]: T[K] extends Setting<infer V> ? V : never };
type Name = Exclude<keyof GenerationConfig, LogitsProcessorName>;
type Given = Partial<Readonly<Record<Name, unknown>>>;

const all = { ...settings, ...joined } satisfies Record<Name, Setting<unknown>>;

/** The checked values of the options that are used as they are. */
export type SettingValues = ValuesOf<typeof settings>;

/** How config files hold each option. */
export const settingKinds: Readonly<Record<Name, KeyKind>> = Object.fromEntries(
  Object.entries<Pick<Setting<unknown>, "kind">>(all).map(([name, { kind = "other" }]) => [name, kind]),
) as Record<Name, KeyKind>;

/**
 * The checked values of all options: those of a call over those of a generation config, of the draft model's own and the
 * defaults. A call's `null` switches off what the generation config sets, as `None` does in transformers.
 *
 * @throws GenerationError
 */
export function settingValues(options: Given, config: Given, ofAssistant: Given): ValuesOf<typeof all> {
  const entries = Object.entries<Setting<unknown>>(all).map(([key, definition]) => {
    const name = key as Name;
    const set = (options[name] === undefined ? config[name] : options[name]) ?? null;
    const given = set ?? (definition.ofAssistant && ofAssistant[name]) ?? null;
    return [name, given === null ? definition.default : definition.check(given, name)] as const;
  });
  return Object.fromEntries(entries) as ValuesOf<typeof all>;
}
