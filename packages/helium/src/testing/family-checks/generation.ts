import type { ModelForCausalLM } from "../../heads/index.ts";
import { paddedBatch } from "../batches.ts";
import { allowance, expectEqual, Mismatch, row } from "../compare.ts";
import type { DrawnModel } from "../drawn-model.ts";
import { resultOf } from "./all-heads.ts";

const NEW_TOKENS = 6;

/**
 * Greedy generation gives one sequence: twice, as a stream, without a cache and beside other rows; and it parts from
 * another backend's only where the two best logits are nearer to each other than the tolerance.
 */
export async function checkGeneration(drawn: DrawnModel): Promise<void> {
  using model = await drawn.open("causal-lm");
  const prompt = [...drawn.ids];
  const settings = { maxNewTokens: NEW_TOKENS, eosTokenId: [], padTokenId: 0 };
  const options = { ...settings, inputIds: [prompt], attentionMask: [prompt.map(() => 1)] };
  const [sequence = []] = (await model.generate(options)).sequences;
  const again = await model.generate(options);
  expectEqual("a second time", again.sequences, [sequence]);

  const streamed = [...prompt];
  for await (const { tokens } of model.stream(options)) streamed.push(...tokens);
  expectEqual("as a stream", streamed, sequence);

  const compare = (what: string, got: readonly number[]): Promise<void> =>
    expectSameUnlessTied(what, model, got, sequence);
  const uncached = await model.generate({ ...options, useCache: false });
  await compare("without a cache", uncached.sequences[0] ?? []);

  using reference = await drawn.open("causal-lm", drawn.source("causal-lm"), { backend: drawn.context.reference });
  const other = await reference.generate(options);
  await compare(`on ${drawn.context.reference.name}`, other.sequences[0] ?? []);

  // With angles that follow the longest row, a row does depend on its mates.
  if (model.anglesDependOnLength) return;
  const { inputIds, attentionMask, starts } = paddedBatch([prompt, ...drawn.mates], "left", 0);
  const { sequences } = await model.generate({ ...settings, inputIds, attentionMask });
  await compare("in a left-padded batch", (sequences[0] ?? []).slice(starts[0]));
}

/** @throws Mismatch unless the sequences part at a near tie of the model's logits */
async function expectSameUnlessTied(
  what: string,
  model: ModelForCausalLM,
  got: readonly number[],
  want: readonly number[],
): Promise<void> {
  const at = want.findIndex((token, t) => got[t] !== token);
  if (at < 0 && got.length === want.length) return;
  if (at < 0) throw new Mismatch(`${what}: ${got.length} tokens, expected ${want.length}`);
  const all = await resultOf(model, { inputIds: [want.slice(0, at)] });
  const logits = row(row(all, 0), at - 1);
  const [first = 0, second = 0] = Array.from(logits.data).sort((a, b) => b - a);
  if (first - second <= 2 * allowance(logits)) return;
  throw new Mismatch(
    `${what}: token ${got[at]} at ${at}, expected ${want[at]} of [${want.join(", ")}]; ` +
      `the best logits ${first} and ${second} are no tie`,
  );
}
