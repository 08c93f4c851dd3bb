import { AutoModelForCausalLM, AutoTokenizer, type ModelForCausalLM } from "@helium-lm/helium";
import { describeMachine } from "../machine.ts";
import { smollm2File } from "../model-files/smollm2.ts";
import { release } from "../peers/native/native.ts";
import { Oracle } from "../peers/native/oracle.ts";
import { commonPrefixLength } from "./common-prefix-length.ts";
import { mixedTexts } from "./mixed-texts.ts";
import { passage } from "./passage.ts";
import { saveComparison } from "./save-comparison.ts";

const questions = [
  "What is the capital of France?",
  "Write a short poem about the sea.",
  "Explain in one sentence why the sky is blue.",
  "Give me three tips for learning a new language.",
  "How do I boil an egg?",
];
const NEW_TOKENS = 64;

/**
 * SmolLM2-135M-Instruct from its real GGUF file beside llama.cpp on the same file: tokens of mixed texts, greedy answers,
 * and the perplexity of a passage. Both round activations to eight bits, each in its own way, so near ties fall either way:
 * where answers part, the lead of llama.cpp's token over its next is told, and along llama.cpp's own answer every place is
 * compared.
 */
export async function smollm2Parity(name: string): Promise<void> {
  const path = smollm2File();
  const tokenizer = await AutoTokenizer.fromPretrained(path);
  const model = await AutoModelForCausalLM.fromPretrained(path, { backend: "wasm" });
  const oracle = await Oracle.open(path, { threads: 1, context: 1024 });
  try {
    const texts = mixedTexts(2000, 2);
    let differ = 0;
    for (const text of texts) {
      const theirs = await oracle.tokenize(text, { addSpecial: true });
      if (theirs.join() !== tokenizer.encode(text).join()) differ++;
    }
    console.log(`tokenizer: ${differ} of ${texts.length} texts differ`);

    const answers = [];
    for (const content of questions) {
      const prompt = tokenizer.encodeChat([{ role: "user", content }], { addGenerationPrompt: true });
      const theirs = await oracle.greedy(prompt, NEW_TOKENS);
      const ours = await greedy(model, prompt);
      const agree = commonPrefixLength(ours, theirs.tokens);
      const forced = await likeliestAlong(model, prompt, theirs.tokens);
      const gaps = theirs.gaps.filter((_, index) => forced[index] !== theirs.tokens[index]);
      const gap = theirs.gaps[agree] ?? null;
      const widest = gaps.length === 0 ? null : Math.max(...gaps);
      answers.push({
        question: content,
        of: NEW_TOKENS,
        agree,
        gapWhereTheyPart: gap,
        agreeAlongTheirAnswer: NEW_TOKENS - gaps.length,
        widestGapOfTheOthers: widest,
        text: tokenizer.decode(ours),
      });
      const parting = gap === null ? "" : ` (gap ${gap.toFixed(3)})`;
      const others = widest === null ? "" : ` (gaps up to ${widest.toFixed(3)})`;
      console.log(
        `${content.padEnd(50)} first ${agree} of ${NEW_TOKENS} equal${parting}; along their answer ${NEW_TOKENS - gaps.length}${others}`,
      );
    }

    const ids = tokenizer.encode(passage);
    const theirs = Math.exp(await oracle.meanLoss(ids));
    const ours = Math.exp(await meanLoss(model, ids));
    const perplexity = { tokens: ids.length, ours, theirs, ratio: ours / theirs };
    console.log(`perplexity of ${ids.length} tokens: ours ${ours.toFixed(4)}, llama.cpp ${theirs.toFixed(4)}`);
    saveComparison(name, {
      machine: describeMachine(),
      llamaCpp: release(),
      backend: model.backend.name,
      tokenizer: { texts: texts.length, differ },
      answers,
      perplexity,
    });
  } finally {
    await oracle.close();
    model.dispose();
    model.backend.dispose();
  }
}

async function greedy(model: ModelForCausalLM, prompt: readonly number[]): Promise<readonly number[]> {
  const { sequences } = await model.generate({
    generationConfig: {},
    inputIds: [prompt],
    maxNewTokens: NEW_TOKENS,
    doSample: false,
    eosTokenId: [],
  });
  return sequences[0]?.slice(prompt.length) ?? [];
}

/** Our likeliest token at each place of an answer, whose earlier tokens are given. */
async function likeliestAlong(
  model: ModelForCausalLM,
  prompt: readonly number[],
  answer: readonly number[],
): Promise<readonly number[]> {
  const { logits } = model.forward({ inputIds: [[...prompt, ...answer.slice(0, -1)]], logitsToKeep: answer.length });
  const values = await logits.data();
  const vocab = values.length / answer.length;
  logits.dispose();
  return answer.map((_, place) => {
    let best = 0;
    for (let id = 1; id < vocab; id++)
      if (Number(values[place * vocab + id]) > Number(values[place * vocab + best])) best = id;
    return best;
  });
}

/** Mean of −ln p over the tokens after the first. */
async function meanLoss(model: ModelForCausalLM, ids: readonly number[]): Promise<number> {
  const { loss, logits } = model.forward({ inputIds: [[...ids]], labels: [[...ids]] });
  const values = await loss?.data();
  loss?.dispose();
  logits.dispose();
  return Number(values?.[0]);
}
