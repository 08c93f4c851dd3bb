import type { ServedModel } from "../models/served-model.ts";
import type { DecisionAnswer, DecisionQuestion } from "./decision-fields.ts";
import { wordQuestion } from "./decision-prompt.ts";

/** A question as tokens: what all answers follow, and the tokens of each answer's label. */
export interface AskedQuestion {
  readonly question: DecisionQuestion;
  readonly promptIds: readonly number[];
  readonly labelIds: readonly (readonly number[])[];
}

/** Puts a question about a text into the words that the model reads. @throws ChatTemplateError */
export async function askQuestion(
  model: ServedModel,
  evidence: string,
  question: DecisionQuestion,
  signal: AbortSignal,
): Promise<AskedQuestion> {
  const { text, labels } = wordQuestion(question);
  const isChat = model.tokenizer.chatTemplates.size > 0;
  const content = `${evidence}\n\n${text}`;
  const prompt = isChat
    ? model.tokenizer.applyChatTemplate([{ role: "user", content }], {
        addGenerationPrompt: true,
        // The label is read where the answer begins, not where thoughts would.
        variables: { enable_thinking: false },
      })
    : `${content}\nAnswer:`;
  const options = { addSpecialTokens: !isChat, signal };
  const rows: (readonly number[])[] = [];
  for (const label of labels) rows.push(await model.encode(`${prompt}${isChat ? "" : " "}${label}`, options));
  const shared = commonLength([await model.encode(prompt, options), ...rows]);
  return {
    question,
    promptIds: rows[0]?.slice(0, shared) ?? [],
    labelIds: rows.map((row) => row.slice(shared)),
  };
}

/** Tokens with which all rows begin, one less than the shortest at most, so that each label has one. */
function commonLength(rows: readonly (readonly number[])[]): number {
  const [prompt = [], ...labelled] = rows;
  const most = Math.min(prompt.length, ...labelled.map(({ length }) => length - 1));
  let length = 0;
  while (length < most && labelled.every((row) => row[length] === prompt[length])) length++;
  return length;
}

/**
 * The answer by how likely the model finds each label where the answer begins: pᵢ = P(labelᵢ) / Σ P(labelⱼ). `confidence` is the
 * probability of the likeliest label among all texts, as vLLM has it; a score is Σ i · pᵢ over levels counted from 0.
 *
 * @param logprobs ln P of each label
 */
export function readAnswer(question: DecisionQuestion, logprobs: readonly number[]): DecisionAnswer {
  const largest = Math.max(...logprobs);
  const powers = logprobs.map((logprob) => Math.exp(logprob - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  const probabilities = powers.map((power) => power / sum);
  const name = question.name ?? null;
  const of = (index: number): number => probabilities[index] ?? 0;
  if (question.type === "predicate") return { type: "predicate", name, probability: of(0) };
  const confidence = Math.exp(largest);
  if (question.type === "choice") {
    const best = question.choices[logprobs.indexOf(largest)]?.value ?? "";
    const each = question.choices.map(({ value }, i) => ({ value, probability: of(i) }));
    return { type: "choice", name, choice: best, confidence, probabilities: each };
  }
  const each = question.levels.map(({ label }, value) => ({ label, value, probability: of(value) }));
  const score = each.reduce((total, { value, probability }) => total + value * probability, 0);
  return { type: "score", name, score, confidence, probabilities: each };
}
