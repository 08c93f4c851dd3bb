import type { Item } from "../prompt/item.ts";
import type { LogLikelihood, RollingLogLikelihood, Scorer } from "../scoring/scorer.ts";
import { journalKey, type Journal, type JournalAnswer, type JournalQuestion } from "./journal.ts";
import { ProgressMeter, type EvaluationProgress } from "./progress.ts";

/** What a model answered to an item's requests. */
export interface AnsweredItem {
  readonly item: Item;
  /** One for each request. */
  readonly answers: readonly JournalAnswer[];
  /** One for each unconditional request of a multiple-choice item. */
  readonly unconditional: readonly LogLikelihood[];
}

export interface AnsweringOptions {
  readonly journal: Journal;
  /** All that answers depend on: the model, its numbers and how it is asked. */
  readonly identity: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: EvaluationProgress) => void;
}

/** A question that is asked once, however many items ask it. */
interface Question {
  readonly key: string;
  readonly question: JournalQuestion;
  /** Characters that are read, and tokens that are written, which take about as long as four. */
  readonly work: number;
}

/**
 * Asks a scorer what the journal does not know, and keeps each answer in the journal as it comes, so that nothing is asked
 * twice: not by items that ask the same, and not after the process was killed.
 *
 * @throws what the scorer throws; what was answered by then is in the journal
 */
export async function answerItems(
  scorer: Scorer,
  items: readonly Item[],
  { journal, identity, signal, onProgress = () => undefined }: AnsweringOptions,
): Promise<readonly AnsweredItem[]> {
  const asked = await Promise.all(
    items.map(async (item) => ({
      item,
      questions: await Promise.all(questionsOf(item).map((question) => toQuestion(identity, question))),
    })),
  );
  const all = new Map(asked.flatMap(({ questions }) => questions).map((one) => [one.key, one]));
  const meter = new ProgressMeter(
    all.size,
    [...all.values()].reduce((sum, { work }) => sum + work, 0),
  );
  const open: Question[] = [];
  for (const one of all.values())
    if (journal.get(one.key) === undefined) open.push(one);
    else meter.reuse(one.work);
  onProgress(meter.progress);
  const keep =
    <A extends JournalAnswer>(questions: readonly Question[]) =>
    (index: number, answer: A): void => {
      const one = questions[index];
      if (!one) return;
      journal.add(one.key, answer);
      meter.add(one.work);
      onProgress(meter.progress);
    };
  const likelihoods = ofMethod(open, "loglikelihood");
  if (likelihoods.length > 0)
    await scorer.loglikelihood(
      likelihoods.map(({ question: [, context, continuation] }) => ({ context, continuation })),
      { signal, onResult: keep(likelihoods) },
    );
  const rolling = ofMethod(open, "loglikelihood_rolling");
  if (rolling.length > 0)
    await scorer.rollingLoglikelihood(
      rolling.map(({ question: [, text] }) => ({ text })),
      { signal, onResult: keep(rolling) },
    );
  const generations = ofMethod(open, "generate_until");
  if (generations.length > 0)
    await scorer.generateUntil(
      generations.map(({ question: [, context, until, maxNewTokens] }) => ({ context, until, maxNewTokens })),
      { signal, onResult: keep(generations) },
    );
  const answerTo = ({ key }: Question): JournalAnswer => {
    const answer = journal.get(key);
    if (answer === undefined) throw new Error(`${scorer.name}: left a request without an answer`);
    return answer;
  };
  return asked.map(({ item, questions }) => {
    const answers = questions.map(answerTo);
    const own = item.requests.length;
    // What follows the requests of a multiple-choice item are log-likelihoods.
    return { item, answers: answers.slice(0, own), unconditional: answers.slice(own) as LogLikelihood[] };
  });
}

function questionsOf(item: Item): readonly JournalQuestion[] {
  switch (item.kind) {
    case "multiple_choice":
      return [...item.requests, ...item.unconditionalRequests].map(({ context, continuation }) => [
        "loglikelihood",
        context,
        continuation,
      ]);
    case "generate_until":
      return item.requests.map(({ context, until, maxNewTokens }) => ["generate_until", context, until, maxNewTokens]);
    case "loglikelihood_rolling":
      return item.requests.map(({ text }) => ["loglikelihood_rolling", text]);
  }
}

async function toQuestion(identity: string, question: JournalQuestion): Promise<Question> {
  const [, ...parts] = question;
  const read = parts.reduce<number>((sum, part) => sum + (typeof part === "string" ? part.length : 0), 0);
  const written = question[0] === "generate_until" ? 4 * question[3] : 0;
  return { key: await journalKey(identity, question), question, work: read + written };
}

/** Those that are asked in this way. */
function ofMethod<M extends JournalQuestion[0]>(questions: readonly Question[], method: M) {
  type Asked = Question & { readonly question: Extract<JournalQuestion, readonly [M, ...unknown[]]> };
  return questions.filter((one): one is Asked => one.question[0] === method);
}

export const isLogLikelihood = (answer: JournalAnswer): answer is LogLikelihood =>
  typeof answer !== "string" && "isGreedy" in answer;

export const isRolling = (answer: JournalAnswer): answer is RollingLogLikelihood =>
  typeof answer !== "string" && "tokens" in answer;
