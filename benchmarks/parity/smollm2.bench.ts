import { AutoModelForCausalLM, AutoTokenizer, type ModelForCausalLM } from "@helium-lm/helium";
import { describeMachine } from "../machine.ts";
import { smollm2File } from "../models/smollm2.ts";
import { release } from "../peers/native/native.ts";
import { Oracle } from "../peers/native/oracle.ts";
import { firstDifference } from "./first-difference.ts";
import { mixedTexts } from "./mixed-texts.ts";
import { saveParity } from "./save-parity.ts";

const questions = [
  "What is the capital of France?",
  "Write a short poem about the sea.",
  "Explain in one sentence why the sky is blue.",
  "Give me three tips for learning a new language.",
  "How do I boil an egg?",
];
const NEW_TOKENS = 64;

/** Written for this comparison; about 400 tokens of plain English. */
const passage = `The harbour lay still in the early light. Two fishing boats were tied to the quay, and a man in a blue
coat was carrying crates from one of them to a small van. He worked slowly, as if the day were long enough for everything
that had to be done in it. Across the water the bells of the church began to ring, first one and then the other, and a
flock of gulls rose from the roofs and turned in a wide circle over the town.

Anna watched from the window of the bakery. She had been up since three o'clock, like every morning of the last eleven
years, and the first loaves were already cooling on the shelves behind her. In an hour the shop would be full of people
who talked about the weather, the price of diesel and the new road that the council wanted to build. For now there was
only the hum of the oven and the smell of bread.

She thought about the letter that had come on Monday. It was from a company in the city that made machines for large
bakeries, and it offered her a sum of money for the recipe of her rye bread. The letter was polite and short. It said that
the bread was known far beyond the coast, that many people would like to buy it, and that the company would print her name
on every bag. She had read it four times and then put it into the drawer with the bills.

A recipe, she thought, is not much: flour, water, salt, and time. What made the bread good was something else. It was the
old stone oven, the cold air that came in from the sea at night, and the fact that she knew by the sound of the crust when
a loaf was done. None of that would fit into a bag. When the door opened and the man in the blue coat came in, she had made
up her mind, and she gave him his two rolls and smiled.`;

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
      const agree = firstDifference(ours, theirs.tokens);
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

    const ids = tokenizer.encode(passage.replaceAll(/([^\n])\n(?!\n)/g, "$1 "));
    const theirs = Math.exp(await oracle.meanLoss(ids));
    const ours = Math.exp(await meanLoss(model, ids));
    const perplexity = { tokens: ids.length, ours, theirs, ratio: ours / theirs };
    console.log(`perplexity of ${ids.length} tokens: ours ${ours.toFixed(4)}, llama.cpp ${theirs.toFixed(4)}`);
    saveParity(name, {
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
