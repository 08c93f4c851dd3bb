import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toyChoice, type ToyChoice, type ToyLogprobs } from "../../test/helpers/toy-endpoint.ts";
import { EndpointError } from "../errors.ts";
import { CompletionAnswer, type EndpointFailure } from "./completion-answer.ts";

const PROMPT = [97, 98, 120, 121];
const prompt = { length: 4, contextLength: 2 };

const error: EndpointFailure = (message, details) => new EndpointError("http://x", message, details);

const messageOf = (read: () => unknown): string => {
  try {
    read();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(EndpointError);
    const { message } = thrown as EndpointError;
    expect(message).toMatch(/^http:\/\/x: .*[:;] /);
    return message;
  }
  throw new Error("was not refused");
};

test("the example of the protocol", () => {
  const token_logprobs = [null, -0.25, -0.5, -7];
  const top_logprobs = [null, { a: -0.25 }, { b: -0.5 }, { c: -7 }];
  const answer = new CompletionAnswer(
    error,
    { choices: [{ index: 0, logprobs: { token_logprobs, top_logprobs } }] },
    1,
  );
  expect(answer.logLikelihood(0, { length: 3, contextLength: 1 })).toEqual({ logprob: -0.75, isGreedy: true });
});

test.each<[unknown, RegExp]>([
  [null, /answers without "choices": null/],
  [[], /answers without "choices"/],
  [{ choices: {} }, /answers without "choices"/],
  [{ error: { message: "CUDA out of memory" } }, /answers with an error: "CUDA out of memory"/],
  [{ choices: [] }, /gives 0 choices for 2 prompts; set batchSize to 1/],
  [{ choices: [{ index: 0 }, { index: 0 }] }, /index 0; expected each of 0 to 1 once/],
  [{ choices: [{ index: 0 }, { index: 2 }] }, /index 2; expected/],
  [{ choices: [{ index: 0 }, {}] }, /index missing/],
  [{ choices: [{ index: 0 }, null] }, /index missing/],
  [{ choices: [{ index: 0 }, { index: "1" }] }, /index "1"; expected/],
])("%j answers no two prompts", (answer, message) => {
  expect(messageOf(() => new CompletionAnswer(error, answer, 2))).toMatch(message);
});

describe("log-probabilities that are refused", () => {
  const changed = (change: (logprobs: ToyLogprobs, choice: ToyChoice) => void): CompletionAnswer => {
    const choice = toyChoice(PROMPT, 0);
    change(choice.logprobs as ToyLogprobs, choice);
    return new CompletionAnswer(error, { choices: [choice] }, 1);
  };

  test.each<[string, (logprobs: ToyLogprobs, choice: ToyChoice) => void, RegExp]>([
    [
      "none",
      (_, choice) => (choice.logprobs = null),
      /gives no log-probabilities \("logprobs" is null\); scoring needs a server that echoes/,
    ],
    [
      "of the new token alone",
      (of) => (of.token_logprobs = [-1]),
      /gives 1 log-probabilities for a prompt of 4 tokens.*echoes prompts/,
    ],
    [
      "one too few",
      (of) => of.token_logprobs.splice(1, 2),
      /gives 3 log-probabilities for a prompt of 4 tokens; expected 5.*give the tokenizer/,
    ],
    ["one too many", (of) => of.token_logprobs.unshift(null), /gives 6 log-probabilities/],
    ["null within", (of) => (of.token_logprobs[2] = null), /gives null as the log-probability of token 2/],
    ["a text", (of) => (of.token_logprobs[3] = "-1" as never), /as the log-probability of token 3/],
    ["infinite", (of) => (of.token_logprobs[3] = -Infinity), /log-probability of token 3.*NaN/],
    [
      "above 0",
      (of) => (of.token_logprobs[3] = 0.5),
      /gives 0.5 as the log-probability of token 3; expected a number up to 0/,
    ],
    ["no likeliest tokens", (of) => (of.top_logprobs = null as never), /gives null as "top_logprobs"/],
    [
      "likeliest tokens of too few",
      (of) => of.top_logprobs.pop(),
      /as "top_logprobs"; expected an entry for each of 5/,
    ],
    ["no likeliest token in a place", (of) => (of.top_logprobs[2] = {}), /gives {} as the likeliest tokens in place 2/],
    [
      "a text as the likeliest",
      (of) => (of.top_logprobs[2] = { a: "b" as never }),
      /as the likeliest tokens in place 2/,
    ],
  ])("%s", (_, change, message) => {
    expect(messageOf(() => changed(change).logLikelihood(0, prompt))).toMatch(message);
  });

  test("what is before the context's end is not looked at", () => {
    const answer = changed((of) => (of.token_logprobs[1] = null));
    expect(answer.logLikelihood(0, prompt)).toEqual(changed(() => undefined).logLikelihood(0, prompt));
  });
});

test("a text is a string, or null for none", () => {
  const answer = new CompletionAnswer(
    error,
    {
      choices: [
        { index: 1, text: null },
        { index: 0, text: "a" },
        { index: 2, text: 3 },
      ],
    },
    3,
  );
  expect([answer.text(0), answer.text(1)]).toEqual(["a", ""]);
  expect(messageOf(() => answer.text(2))).toMatch(/gives 3 as a text; expected a string/);
});

test("whatever is in its place, an answer is read or refused with an EndpointError", () => {
  const choice = toyChoice(PROMPT, 0);
  const places: readonly (readonly string[])[] = [
    [],
    ["choices"],
    ["choices", "0"],
    ["choices", "0", "index"],
    ["choices", "0", "text"],
    ["choices", "0", "logprobs"],
    ["choices", "0", "logprobs", "token_logprobs"],
    ["choices", "0", "logprobs", "token_logprobs", "3"],
    ["choices", "0", "logprobs", "top_logprobs"],
    ["choices", "0", "logprobs", "top_logprobs", "2"],
  ];
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.jsonValue(), (place, value) => {
      const answer = replaced({ choices: [choice] }, place, value);
      try {
        const read = new CompletionAnswer(error, answer, 1);
        expect(typeof read.text(0)).toBe("string");
        expect(Number.isFinite(read.logLikelihood(0, prompt).logprob)).toBe(true);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(EndpointError);
        expect((thrown as EndpointError).message).not.toContain("\n");
        expect((thrown as EndpointError).message.length).toBeLessThan(600);
      }
    }),
    { seed: 11, numRuns: 400 },
  );
});

/** JSON with another value in one place. */
function replaced(json: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  const copy = structuredClone(json) as Record<string, unknown>;
  copy[key] = replaced(copy[key], rest, value);
  return copy;
}
