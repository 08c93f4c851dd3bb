import type { EndpointError } from "../errors.ts";
import type { LogLikelihood } from "./scorer.ts";
import { messageIn, oneLine, quoted } from "./server-message.ts";

/** Tokens of a prompt, of which the first `contextLength` are not scored. */
export interface ScoredPrompt {
  readonly length: number;
  readonly contextLength: number;
}

/** An error of an endpoint, with its address, and without its key. */
export type EndpointFailure = (message: string, details?: Readonly<Record<string, unknown>>) => EndpointError;

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Rounding may leave the logarithm of a probability of 1 a little above 0. */
const HIGHEST = 0.01;

/** An answer of `/v1/completions`, looked at before it is believed. */
export class CompletionAnswer {
  readonly #error: EndpointFailure;
  /** By the prompt that they answer. */
  readonly #choices: readonly Json[];

  /**
   * @param error makes the errors that are thrown
   * @param count prompts that were sent
   * @throws EndpointError unless it has one choice for each prompt
   */
  constructor(error: EndpointFailure, answer: unknown, count: number) {
    this.#error = error;
    const listed = isObject(answer) ? answer["choices"] : undefined;
    if (!Array.isArray(listed)) {
      const message = messageIn(answer);
      throw message === null
        ? this.#error(`answers without "choices": ${brief(answer)}; give the address of an OpenAI-compatible server`)
        : this.#error(`answers with an error: ${quoted(message, 300)}; see what the server's log says`);
    }
    if (listed.length !== count)
      throw this.#error(
        `gives ${listed.length} choices for ${count} prompts; set batchSize to 1 where the server takes one prompt at a time`,
        { given: listed.length, expected: count },
      );
    const choices: Json[] = [];
    for (const choice of listed as readonly unknown[]) {
      const index = isObject(choice) ? choice["index"] : undefined;
      if (typeof index !== "number" || !Number.isInteger(index) || index < 0 || index >= count || choices[index])
        throw this.#error(
          `gives a choice with the index ${brief(index)}; expected each of 0 to ${count - 1} once: set batchSize to 1, or update the server`,
          { expected: count },
        );
      choices[index] = choice as Json;
    }
    this.#choices = choices;
  }

  /** The text of a choice; "" where the server says null. @throws EndpointError */
  text(index: number): string {
    const text = this.#choices[index]?.["text"] ?? null;
    if (text === null) return "";
    if (typeof text === "string") return text;
    throw this.#error(`gives ${brief(text)} as a text; expected a string: check that it speaks the completions API`);
  }

  /**
   * The sum over the tokens behind the context, from the log-probabilities of an echoed prompt; the token that was generated
   * behind it, where there is one, does not count.
   *
   * @throws EndpointError unless every one of these tokens has its log-probability, and the likeliest token's beside it
   */
  logLikelihood(index: number, { length, contextLength }: ScoredPrompt): LogLikelihood {
    const logprobs = this.#choices[index]?.["logprobs"];
    if (!isObject(logprobs) || !Array.isArray(logprobs["token_logprobs"]))
      throw this.#error(`gives no log-probabilities ("logprobs" is ${brief(logprobs)}); ${needsEcho}`);
    const given = logprobs["token_logprobs"] as readonly unknown[];
    if (given.length !== length && given.length !== length + 1)
      throw this.#error(
        `gives ${given.length} log-probabilities for a prompt of ${length} tokens; expected ${length + 1}, with the one that is generated: ` +
          (given.length <= 1
            ? needsEcho
            : "give the tokenizer of the model that it serves, and turn off what adds tokens to prompts"),
        { given: given.length, expected: length + 1 },
      );
    const tops = logprobs["top_logprobs"];
    if (!Array.isArray(tops) || tops.length !== given.length)
      throw this.#error(
        `gives ${brief(tops)} as "top_logprobs"; expected an entry for each of ${given.length} tokens: let it answer "logprobs": 1`,
      );
    let logprob = 0;
    let isGreedy = true;
    for (let place = contextLength; place < length; place++) {
      const value = this.#logprob(given[place], place);
      logprob += value;
      isGreedy &&= value === this.#highest(tops[place], place);
    }
    return { logprob, isGreedy };
  }

  #logprob(value: unknown, place: number): number {
    if (typeof value === "number" && Number.isFinite(value) && value <= HIGHEST) return value;
    throw this.#error(
      `gives ${brief(value)} as the log-probability of token ${place}; expected a number up to 0: look into the server's log, the model may compute NaN`,
      { place },
    );
  }

  #highest(top: unknown, place: number): number {
    const values = isObject(top) ? Object.values(top) : [];
    let highest = -Infinity;
    for (const value of values) highest = typeof value === "number" ? Math.max(highest, value) : NaN;
    if (Number.isFinite(highest)) return highest;
    throw this.#error(
      `gives ${brief(top)} as the likeliest tokens in place ${place}; expected their log-probabilities by name: let it answer "logprobs": 1`,
      { place },
    );
  }
}

const needsEcho =
  'scoring needs a server that echoes prompts with their log-probabilities ("echo": true, "logprobs": 1), as vLLM does and llama.cpp does not';

const brief = (value: unknown): string => (value === undefined ? "missing" : oneLine(JSON.stringify(value), 60));
