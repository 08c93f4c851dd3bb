import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EndpointScorer } from "../../src/scoring/endpoint-scorer.ts";
import { TestServer } from "../helpers/test-server.ts";
import { bodyOf, characterTokenizer, toyReply } from "../helpers/toy-endpoint.ts";

/** What `method` was asked, answered, and what requests it made of that. */
interface Run<Arguments, Result> {
  readonly arguments: readonly Arguments[];
  readonly results: readonly Result[];
  readonly bodies: readonly object[];
}

interface Expected {
  readonly maxLength: number;
  readonly loglikelihood: Run<readonly [string, string], readonly [number, boolean]>;
  readonly rolling: Run<readonly [string], number>;
  readonly generation: Run<
    readonly [string, { readonly until: readonly string[]; readonly max_gen_toks: number }],
    string
  >;
}

const { maxLength, loglikelihood, rolling, generation } = JSON.parse(
  readFileSync(new URL("../../fixtures/expected/endpoint.json", import.meta.url), "utf8"),
) as Expected;

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start((request) => {
    if (request.path !== "/v1/completions" || bodyOf(request).echo) return toyReply(request);
    const choices = bodyOf(request).prompt.map((ids, index) => ({ index, text: ` Paris, ${ids.length}.\nQ` }));
    return { json: { choices } };
  });
});
afterAll(() => server.close());

const sorted = (bodies: readonly object[]): readonly string[] => bodies.map((body) => JSON.stringify(body)).sort();

/** Bodies that were sent to the completions since the last call, one prompt each. */
function sent(): readonly string[] {
  const bodies = server.seen
    .filter(({ path }) => path === "/v1/completions")
    .map(({ text }) => JSON.parse(text) as object);
  server.seen.length = 0;
  return sorted(bodies);
}

test.each(["given", "server"])(
  "asks what lm-evaluation-harness asks, with the results that it has (%s tokenizer)",
  async (which) => {
    const scorer = new EndpointScorer({
      url: server.url,
      model: "toy",
      ...(which === "given" && { tokenizer: characterTokenizer }),
      maxLength,
      batchSize: 1,
    });
    const scores = await scorer.loglikelihood(
      loglikelihood.arguments.map(([context, continuation]) => ({ context, continuation })),
    );
    expect(scores.map(({ logprob, isGreedy }) => [logprob, isGreedy])).toEqual(loglikelihood.results);
    expect(sent()).toEqual(sorted(loglikelihood.bodies));

    const sums = await scorer.rollingLoglikelihood(rolling.arguments.map(([text]) => ({ text })));
    sums.forEach(({ logprob }, i) => expect(logprob).toBeCloseTo(rolling.results[i] ?? NaN, 10));
    expect(sent()).toEqual(sorted(rolling.bodies));

    const texts = await scorer.generateUntil(
      generation.arguments.map(([context, { until, max_gen_toks }]) => ({
        context,
        until,
        maxNewTokens: max_gen_toks,
      })),
    );
    expect(sent()).toEqual(sorted(generation.bodies));
    // The harness leaves the cutting to the server.
    expect(generation.results.map((text) => text.startsWith(" Paris"))).toEqual([true, true]);
    expect(texts).toEqual([" Paris, 10", " Paris"]);
  },
);
