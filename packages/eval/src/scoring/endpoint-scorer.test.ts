import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { TestServer } from "../../test/helpers/test-server.ts";
import {
  bodyOf,
  characterTokenizer,
  toyChoice,
  toyReply,
  toyScore,
  type ToyChoice,
} from "../../test/helpers/toy-endpoint.ts";
import { EndpointError, EvalError } from "../errors.ts";
import type { EndpointScorerOptions } from "./endpoint-options.ts";
import { EndpointScorer } from "./endpoint-scorer.ts";

let server: TestServer;

beforeEach(async () => {
  server = await TestServer.start(toyReply);
});
afterEach(() => server.close());

const scorerOf = (options: Partial<EndpointScorerOptions> = {}): EndpointScorer =>
  new EndpointScorer({
    url: server.url,
    model: "toy",
    tokenizer: characterTokenizer,
    retry: { attempts: 2, backoffMs: 1 },
    ...options,
  });

const idsOf = (text: string): readonly number[] => characterTokenizer.encode(text);

describe("log-likelihoods", () => {
  test("are asked for as lm-evaluation-harness does", async () => {
    const requests = [
      { context: "", continuation: " b" },
      { context: "", continuation: " cd" },
    ];
    await scorerOf({ apiKey: "sk-1" }).loglikelihood(requests);
    expect(server.seen).toHaveLength(1);
    expect(server.seen[0]).toMatchObject({ method: "POST", path: "/v1/completions" });
    expect(server.seen[0]?.headers).toMatchObject({ "content-type": "application/json", authorization: "Bearer sk-1" });
    // What `local-completions` of lm_eval 0.4.13 sends, captured.
    expect(server.seen[0]?.text).toBe(
      '{"model":"toy","prompt":[[1,32,98],[1,32,99,100]],"temperature":0,"max_tokens":1,"logprobs":1,"seed":1234,"echo":true}',
    );
  });

  test("are those of the tokens behind the context, whatever order the answers come in", async () => {
    const requests = Array.from({ length: 23 }, (_, i) => ({
      context: `Question ${i}: what comes next? `,
      continuation: `answer ${i * 7}`,
    }));
    const seen: [number, number][] = [];
    const scores = await scorerOf({ batchSize: 5, concurrency: 3 }).loglikelihood(requests, {
      onResult: (index, { logprob }) => seen.push([index, logprob]),
    });
    // The space at the end of the context belongs to the continuation.
    const expected = requests.map(({ context, continuation }) =>
      toyScore(idsOf(context.trimEnd()), idsOf(` ${continuation}`)),
    );
    expect(scores.map(({ logprob }) => logprob)).toEqual(expected);
    expect(seen.sort(([a], [b]) => a - b)).toEqual([...expected.entries()]);
    expect(server.seen.map((request) => bodyOf(request).prompt.length).sort()).toEqual([3, 5, 5, 5, 5]);
  });

  test("a continuation is greedy where each token is the likeliest of its place", async () => {
    const requests = ["bcd", "bce", "c"].map((continuation) => ({ context: "a", continuation }));
    const scores = await scorerOf().loglikelihood(requests);
    expect(scores.map(({ isGreedy }) => isGreedy)).toEqual([true, false, false]);
    expect(scores[0]?.logprob).toBe(-0.375);
  });

  test("a server that leaves out the token behind the prompt is understood", async () => {
    server.reply = (request) => {
      const choices = bodyOf(request).prompt.map(toyChoice);
      for (const { logprobs } of choices) {
        logprobs?.token_logprobs.pop();
        logprobs?.top_logprobs.pop();
      }
      return { json: { choices } };
    };
    const [score] = await scorerOf().loglikelihood([{ context: "a", continuation: "xyz" }]);
    expect(score?.logprob).toBe(toyScore(idsOf("a"), idsOf("xyz")));
  });

  test("a context that is too long loses its start, and one token is generated within the length", async () => {
    const [score] = await scorerOf({ maxLength: 10 }).loglikelihood([
      { context: "0123456789abcdef", continuation: "ghi" },
    ]);
    expect(bodyOf(server.seen[0]!).prompt).toEqual([idsOf("abcdefghi")]);
    expect(score).toEqual({ logprob: -0.375, isGreedy: true });
    const tooLong = scorerOf({ maxLength: 10 }).loglikelihood([{ context: "a", continuation: "123456789" }]);
    await expect(tooLong).rejects.toThrow(/^continuation: has 9 tokens, .* in 10; raise maxLength/);
  });

  test("begin with the BOS token where that is asked for", async () => {
    await scorerOf({ addBosToken: true }).loglikelihood([{ context: "a", continuation: "b" }]);
    await scorerOf().loglikelihood([{ context: "a", continuation: "b" }]);
    expect(server.seen.map((request) => bodyOf(request).prompt)).toEqual([[[1, 97, 98]], [[97, 98]]]);
  });
});

describe("whole texts", () => {
  test("are scored in windows, each token once", async () => {
    const texts = ["Once upon a time there was a cat.", "", "x"];
    const seen: number[] = [];
    const scorer = scorerOf({ maxLength: 12, batchSize: 2 });
    const scores = await scorer.rollingLoglikelihood(
      texts.map((text) => ({ text })),
      { onResult: (index) => seen.push(index) },
    );
    expect(scores.map(({ tokens }) => tokens)).toEqual([33, 0, 1]);
    scores.forEach(({ logprob }, i) => expect(logprob).toBeCloseTo(toyScore([1], idsOf(texts[i] ?? "")), 10));
    expect([...seen].sort()).toEqual([0, 1, 2]);
    for (const request of server.seen)
      for (const prompt of bodyOf(request).prompt) expect(prompt.length).toBeLessThanOrEqual(11);
    // 10 tokens behind the one before the text.
    expect(bodyOf(server.seen[0]!).prompt[0]).toEqual([1, ...idsOf("Once upon ")]);
  });

  test("a BOS token of the text is scored where that is asked for", async () => {
    const options = { addBosToken: true };
    const [plain] = await scorerOf(options).rollingLoglikelihood([{ text: "ab" }]);
    const [double] = await scorerOf({ ...options, scoresBos: true }).rollingLoglikelihood([{ text: "ab" }]);
    expect([plain?.tokens, double?.tokens]).toEqual([2, 3]);
    expect(server.seen.map((request) => bodyOf(request).prompt)).toEqual([[[1, 97, 98]], [[1, 1, 97, 98]]]);
  });
});

describe("written texts", () => {
  test("are asked for as lm-evaluation-harness does, and cut where the server did not", async () => {
    server.reply = (request) => ({
      json: {
        choices: bodyOf(request).prompt.map((_, index) => ({
          index,
          text: index === 1 ? null : ` Paris, ${index}.\nQ`,
        })),
      },
    });
    const ask = (context: string) => ({ context, until: ["\n", ".", ","], maxNewTokens: 256 });
    const texts = await scorerOf().generateUntil([ask("ab"), ask("c"), { ...ask("d"), until: ["Q"] }]);
    expect(texts).toEqual([" Paris", "", " Paris, 0.\n"]);
    expect(server.seen.map(({ text }) => text).sort()).toEqual([
      '{"prompt":[[100]],"model":"toy","max_tokens":256,"temperature":0,"stop":["Q","</s>"],"seed":1234}',
      '{"prompt":[[97,98],[99]],"model":"toy","max_tokens":256,"temperature":0,"stop":["\\n",".",",","</s>"],"seed":1234}',
    ]);
  });

  test("a prompt loses its start where it leaves no room for them", async () => {
    server.reply = (request) => ({
      json: { choices: bodyOf(request).prompt.map((_, index) => ({ index, text: "x" })) },
    });
    await scorerOf({ maxLength: 20 }).generateUntil([{ context: "0123456789", until: [], maxNewTokens: 16 }]);
    expect(bodyOf(server.seen[0]!).prompt).toEqual([idsOf("789")]);
    const noRoom = scorerOf({ maxLength: 20 }).generateUntil([{ context: "0", until: [], maxNewTokens: 19 }]);
    await expect(noRoom).rejects.toThrow(/^maxNewTokens: is 19, .* in 20 tokens/);
  });
});

describe("without a tokenizer", () => {
  test("the server's is asked, and scores are the same", async () => {
    const requests = [
      { context: "Where? ", continuation: "there" },
      { context: "", continuation: "here" },
    ];
    const own = await scorerOf().loglikelihood(requests);
    const { tokenizer: _, ...without } = { url: server.url, model: "toy", tokenizer: null };
    const remote = new EndpointScorer(without);
    expect(await remote.loglikelihood(requests)).toEqual(own);
    expect(remote.description).toMatchObject({ tokenizer: "server", addBosToken: false, maxLength: 2048 });
    const asked = server.seen.filter(({ path }) => path === "/tokenize").map(({ text }) => text);
    expect(asked).toContain('{"prompt":"Where? there","add_special_tokens":false}');
    expect(await remote.rollingLoglikelihood([{ text: "abc" }])).toEqual([
      { logprob: toyScore([1], [97, 98, 99]), tokens: 3 },
    ]);
  });

  test("a server that has none leads to how one is given", async () => {
    server.reply = (request) => (request.path === "/tokenize" ? { text: "404", status: 404 } : toyReply(request));
    const scoring = new EndpointScorer({ url: server.url, model: "toy" }).loglikelihood([
      { context: "a", continuation: "b" },
    ]);
    const error = await scoring.catch((error: unknown) => error);
    expect(error).toBeInstanceOf(EndpointError);
    expect((error as Error).message).toBe(
      `${server.url}/tokenize: is not there, so that texts cannot be made tokens of the model; give the tokenizer of the model that it serves, from its folder or from the hub`,
    );
  });

  test("a server that does not say which token begins a text scores what has a context", async () => {
    server.reply = (request) => (request.path === "/tokenizer_info" ? { text: "404", status: 404 } : toyReply(request));
    const scorer = new EndpointScorer({ url: server.url, model: "toy" });
    expect(await scorer.loglikelihood([{ context: "a", continuation: "b" }])).toEqual([
      { logprob: -0.125, isGreedy: true },
    ]);
    await expect(scorer.loglikelihood([{ context: "", continuation: "b" }])).rejects.toThrow(
      /tokenizer_info.*give the tokenizer/,
    );
  });
});

describe("what fails", () => {
  const requests = Array.from({ length: 12 }, (_, i) => ({ context: "a", continuation: `b${i}` }));

  test("what was scored before stays, what comes from the same answer too", async () => {
    let count = 0;
    server.reply = (request) => {
      const choices = bodyOf(request).prompt.map(toyChoice);
      if (++count === 2) choices[2]!.logprobs = null;
      return { json: { choices } };
    };
    const scored: number[] = [];
    const scoring = scorerOf({ batchSize: 4, concurrency: 1 }).loglikelihood(requests, {
      onResult: (index) => scored.push(index),
    });
    await expect(scoring).rejects.toThrow(/gives no log-probabilities/);
    expect(scored).toEqual([0, 1, 2, 3, 4, 5]);
    expect(server.seen).toHaveLength(2);
  });

  test("another model's tokens are noticed by the text that they are there", async () => {
    const other: (choice: ToyChoice) => ToyChoice = (choice) => ({ ...choice, text: "ˇsit◊amet lorem ipsum dolor" });
    server.reply = (request) => ({ json: { choices: bodyOf(request).prompt.map(toyChoice).map(other) } });
    const scoring = scorerOf().loglikelihood([
      { context: "Which of these planets is the largest?", continuation: " Jupiter" },
    ]);
    await expect(scoring).rejects.toThrow(
      /reads the tokens of "Which of these planets.*" as "ˇsit◊amet.*"; give the tokenizer of the model that it serves/,
    );
  });

  test("an error in place of an answer does not show the key", async () => {
    server.reply = () => ({ json: { error: { message: "no such key as sk-0123" } } });
    const scoring = scorerOf({ apiKey: "sk-0123" }).loglikelihood(requests);
    await expect(scoring).rejects.toThrow(/answers with an error: "no such key as …"/);
  });

  test("an abort ends the requests with the signal's reason", async () => {
    const controller = new AbortController();
    server.reply = () => {
      controller.abort(new Error("enough"));
      return null;
    };
    await expect(scorerOf().loglikelihood(requests, { signal: controller.signal })).rejects.toThrow("enough");
  });

  test.each<[Partial<EndpointScorerOptions> & Record<string, unknown>, RegExp]>([
    [{ maxLength: 2 }, /^maxLength: is 2; expected a whole number from 3 on/],
    [{ windowLength: 2047 }, /^windowLength: is 2047, .* expected 2046 at most/],
    [{ batchSize: 0 }, /^batchSize: is 0/],
    [{ concurrency: 1.5 }, /^concurrency: is 1.5/],
    [{ batchsize: 3 }, /^batchsize: is not an option of EndpointScorer; did you mean batchSize\?/],
  ])("options %j are refused", (options, message) => {
    expect(() => scorerOf(options)).toThrow(EvalError);
    expect(() => scorerOf(options)).toThrow(message);
  });
});
