import { describe, expect, test } from "vitest";
import { processors, type LogitsProcessor } from "@helium-lm/helium";
import { readFixture } from "../../../../testing/fixtures.ts";

type Value = number | null | "nan" | "inf";

interface Call {
  readonly processor: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly row: string;
  readonly history: number[];
  readonly output: Value[];
}

interface Calls {
  readonly rows: Readonly<Record<string, Value[]>>;
  readonly cases: Call[];
}

interface Fixture extends Calls {
  readonly uncond97: number[];
}

const fixture = readFixture<Fixture>("generation/processors.json");
/** Equal scores, and texts of exactly n tokens. */
const { processors: edges } = readFixture<{ readonly processors: Calls }>("generation/edges.json");

const numberOf = (value: Value): number =>
  value === null ? -Infinity : value === "nan" ? NaN : value === "inf" ? Infinity : value;

/** The parameters of a call; each is read as what the processor takes. */
interface Params {
  number(name: string, otherwise?: number): number;
  list<T = number>(name: string): T[];
}

const paramsOf = (params: Call["params"]): Params => ({
  number: (name, otherwise) => (params[name] as number | undefined) ?? otherwise ?? NaN,
  list: <T>(name: string) => [params[name]].flat() as T[],
});

/** Makes our processor from the parameters of transformers' one. */
const makers: Readonly<Record<string, (p: Params) => LogitsProcessor>> = {
  temperature: (p) => processors.temperature(p.number("temperature")),
  top_k: (p) => processors.topK(p.number("top_k"), keep(p)),
  top_p: (p) => processors.topP(p.number("top_p"), keep(p)),
  min_p: (p) => processors.minP(p.number("min_p"), keep(p)),
  typical_p: (p) => processors.typicalP(p.number("typical_p"), keep(p)),
  epsilon_cutoff: (p) => processors.epsilonCutoff(p.number("epsilon_cutoff"), keep(p)),
  eta_cutoff: (p) => processors.etaCutoff(p.number("eta_cutoff"), keep(p)),
  top_h: (p) => processors.topH(p.number("top_h")),
  repetition_penalty: (p) =>
    processors.repetitionPenalty(p.number("repetition_penalty"), [
      p.number("leading_masked", p.number("prompt_ignore_length", 0)),
    ]),
  encoder_repetition_penalty: (p) =>
    processors.encoderRepetitionPenalty(p.number("encoder_repetition_penalty"), [p.list("prompt_ids")]),
  no_repeat_ngram_size: (p) => processors.noRepeatNgram(p.number("no_repeat_ngram_size")),
  encoder_no_repeat_ngram_size: (p) =>
    processors.encoderNoRepeatNgram(p.number("encoder_no_repeat_ngram_size"), [p.list("prompt_ids")]),
  bad_words_ids: (p) => processors.badWords(p.list<number[]>("bad_words_ids"), eosOf(p)),
  sequence_bias: (p) => processors.sequenceBias(p.list<[number[], number]>("sequence_bias")),
  min_length: (p) => processors.minLength(p.number("min_length"), eosOf(p)),
  min_new_tokens: (p) => processors.minNewTokens(p.number("min_new_tokens"), p.number("prompt_length"), eosOf(p)),
  exponential_decay_length_penalty: (p) => {
    const [start = 0, factor = 1] = p.list("value");
    return processors.exponentialDecayLengthPenalty([start, factor], p.number("prompt_length"), eosOf(p));
  },
  suppress_tokens: (p) => processors.suppressTokens(p.list("suppress_tokens")),
  begin_suppress_tokens: (p) =>
    processors.beginSuppressTokens(p.list("begin_suppress_tokens"), p.number("begin_index")),
  forced_bos_token_id: (p) => processors.forcedBos(p.number("forced_bos_token_id")),
  forced_eos_token_id: (p) => processors.forcedEos(p.list("forced_eos_token_id"), p.number("max_length")),
  prefix_allowed_tokens_fn: (p) => processors.prefixAllowedTokens(() => p.list("allowed")),
  renormalize_logits: () => processors.renormalizeLogits(),
  remove_invalid_values: () => processors.removeInvalidValues(),
  guidance_scale: (p) =>
    processors.guidanceScale(p.number("guidance_scale"), {
      next: async () => [Float32Array.from(fixture.uncond97)],
      select: () => undefined,
      dispose: () => undefined,
    }),
};

const keep = (p: Params): number => p.number("min_tokens_to_keep", 1);
const eosOf = (p: Params): ReadonlySet<number> => new Set(p.list("eos"));

/**
 * top_h 1 asks for all of the entropy, which is the sum over all tokens. In these two calls transformers' float32 sums
 * come out a hair apart and lose tokens; ours keeps all. The scores of what both keep are still compared.
 */
const roundingDecides = ({ processor, params, row }: Call): boolean =>
  processor === "top_h" && params.top_h === 1 && (row === "rand97_1" || row === "rand97_2");

describe("every processor call of transformers", () => {
  test("there are 341 of 25 kinds", () => {
    expect(fixture.cases).toHaveLength(341);
    expect(new Set(fixture.cases.map(({ processor }) => processor))).toEqual(new Set(Object.keys(makers)));
  });

  test.each(
    [fixture, edges].flatMap(({ rows, cases }) =>
      cases.map(
        (call, index) =>
          [`${index} ${call.processor} ${JSON.stringify(call.params)} on ${call.row}`, call, rows[call.row]!] as const,
      ),
    ),
  )("%s", async (_, call, values) => {
    const { processor, params, history } = call;
    const given = Float32Array.from(values, numberOf);
    const output = roundingDecides(call) ? call.output.map((v, i) => v ?? given[i]!) : call.output;
    const scores = given.slice();
    await makers[processor]!(paramsOf(params)).process([{ scores, ids: history }]);
    const removed = [...scores].flatMap((s, i) => (s === -Infinity ? [i] : []));
    expect(removed).toEqual(output.flatMap((v, i) => (v === null ? [i] : [])));
    output.map(numberOf).forEach((expected, i) => {
      if (!Number.isFinite(expected)) expect(scores[i]).toBe(expected);
      else expect(Math.abs(scores[i]! - expected)).toBeLessThanOrEqual(1e-6 + 1e-5 * Math.abs(expected));
    });
  });
});
