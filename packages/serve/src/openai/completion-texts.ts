import type { TokenScore } from "@helium-lm/helium";
import type { CompletionEvent, FinishReason, Usage } from "../generation/completion.ts";
import { mergeStreams } from "../generation/merge-streams.ts";
import { runCompletion, type CompletionRun } from "../generation/run-completion.ts";
import { hiddenIds, newTextDecoder } from "../generation/text-decoder.ts";
import { TokenNames } from "../generation/token-names.ts";
import type { RequestWork } from "../http/request-work.ts";
import { characters, LogprobsLister, type CompletionLogprobs } from "./completion-logprobs.ts";
import type { CompletionJob, PromptJob } from "./completion-request.ts";
import { promptLogprobs, type PromptLogprobs } from "./prompt-logprobs.ts";

/** A piece of a text. Those of one text join to its answer in one piece. */
export interface TextPart {
  readonly index: number;
  readonly text: string;
  readonly logprobs: CompletionLogprobs | null;
  /** New tokens. */
  readonly tokenIds: readonly number[];
  /** What is told of the prompt, in the first piece; null in others. */
  readonly prompt: { readonly ids: readonly number[]; readonly logprobs: PromptLogprobs | null } | null;
  /** Why the text ended, in the last piece; null in others. */
  readonly end: { readonly finishReason: FinishReason; readonly stop: string | number | null } | null;
}

/** The texts of a request as they are written: as many prompts as may be are at work at once. */
export class CompletionTexts {
  readonly #job: CompletionJob;
  readonly #signal: AbortSignal;
  readonly #names: TokenNames;
  /** Prompts at work at the same time. */
  readonly #lanes: number;
  readonly #runs = new Map<PromptJob, CompletionRun>();
  /** What prompts have to be scored for; null: nothing. */
  readonly #scored: number | null;

  /** @param atOnce texts that may be at work at the same time */
  constructor(job: CompletionJob, { model, signal }: Pick<RequestWork, "model" | "signal">, atOnce: number) {
    this.#lanes = Math.min(job.prompts.length, Math.max(1, Math.floor(atOnce / job.n)));
    this.#job = job;
    this.#signal = signal;
    this.#names = new TokenNames(model, job.tokensAsIds);
    const most = Math.max(job.echo ? (job.logprobs ?? -1) : -1, job.promptLogprobs ?? -1);
    this.#scored = most < 0 ? null : most;
  }

  /** Pieces of all texts, in the order in which they come. */
  parts(): AsyncIterable<TextPart> {
    const prompts = this.#job.prompts.entries();
    return mergeStreams(Array.from({ length: this.#lanes }, () => this.#lane(prompts)));
  }

  /** What the texts have cost so far. Tokens that the request itself had computed before, to score them, are not cached ones. */
  get usage(): Usage {
    const runs = [...this.#runs.values()].map(({ usage }) => usage);
    return {
      promptTokens: this.#job.prompts.reduce((sum, { prompt }) => sum + prompt.ids.length, 0),
      cachedTokens: this.#scored === null ? runs.reduce((sum, { cachedTokens }) => sum + cachedTokens, 0) : 0,
      completionTokens: runs.reduce((sum, { completionTokens }) => sum + completionTokens, 0),
    };
  }

  /** Prompts one after another, as long as there are any that no other lane took. */
  async *#lane(prompts: Iterable<[number, PromptJob]>): AsyncGenerator<TextPart, void, undefined> {
    for (const [place, prompt] of prompts) yield* this.#partsOf(prompt, place * this.#job.n);
  }

  async *#partsOf(promptJob: PromptJob, start: number): AsyncGenerator<TextPart, void, undefined> {
    const { request, isPromptOnly } = promptJob;
    const scores = await this.#scoresOf(promptJob);
    const opening = this.#opening(promptJob, scores);
    const openings = Array.from({ length: request.n }, (_, i): TextPart => ({ ...opening, index: start + i }));
    if (isPromptOnly) {
      const end = { finishReason: "length", stop: null } as const;
      yield* openings.map((part) => ({ ...part, end }));
      return;
    }
    const before = characters(opening.text);
    const hidden = hiddenIds(request);
    const texts = openings.map(() => ({
      lister: new LogprobsLister(this.#names, hidden, newTextDecoder(request), before),
      length: before,
    }));
    const run = runCompletion(request, this.#signal);
    this.#runs.set(promptJob, run);
    let isOpen = false;
    for await (const event of run.events) {
      // Not before the first event: what fails until then has a status of its own.
      if (!isOpen) yield* openings;
      isOpen = true;
      const text = texts[event.index] as (typeof texts)[number];
      if (event.kind === "text") text.length += characters(event.text);
      yield this.#partOf(event, start, text);
    }
  }

  #partOf(
    event: CompletionEvent,
    start: number,
    { lister, length }: { readonly lister: LogprobsLister; readonly length: number },
  ): TextPart {
    const { tokens } = event;
    return {
      index: start + event.index,
      text: event.kind === "text" ? event.text : "",
      logprobs: this.#job.logprobs === null ? null : lister.list(tokens, length),
      tokenIds: tokens.map(({ id }) => id),
      prompt: null,
      end: event.kind === "end" ? { finishReason: event.finishReason, stop: event.stop } : null,
    };
  }

  async #scoresOf({ request }: PromptJob): Promise<readonly TokenScore[]> {
    if (this.#scored === null) return [];
    const { model, promptIds, cacheSalt } = request;
    return model.engine.scoreTokens({ inputIds: promptIds, top: this.#scored, cacheSalt, signal: this.#signal });
  }

  /** What comes before the new text: the prompt, where it is to be echoed, and what is told of it. */
  #opening({ prompt, request }: PromptJob, scores: readonly TokenScore[]): Omit<TextPart, "index"> {
    const { echo, logprobs, promptLogprobs: told } = this.#job;
    const decoder = newTextDecoder({ ...request, promptIds: [] });
    const decoded = (): string => prompt.ids.map((id) => decoder.push(id)).join("") + decoder.flush();
    const text = echo ? (prompt.text ?? decoded()) : "";
    const rated = prompt.ids.map((id, place) => ({ id, logprobs: upTo(logprobs ?? 0, scores[place - 1]) }));
    const lister = new LogprobsLister(this.#names, hiddenIds(request), decoder);
    return {
      ...nothing,
      text,
      logprobs: echo && logprobs !== null ? lister.list(rated, characters(text)) : null,
      prompt: {
        ids: prompt.ids,
        logprobs: told === null ? null : promptLogprobs(prompt.ids, scores, told, this.#names),
      },
    };
  }
}

const nothing: Omit<TextPart, "index"> = { text: "", logprobs: null, tokenIds: [], prompt: null, end: null };

/** A score with so many alternatives. */
const upTo = (count: number, score: TokenScore | undefined): TokenScore | null =>
  score ? { ...score, top: score.top.slice(0, count) } : null;
