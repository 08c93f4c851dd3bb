import { fileURLToPath } from "node:url";
import { createBackend, type Backend } from "@helium-lm/tensor";
import { AutoModelForCausalLM, type ModelForCausalLM } from "@helium-lm/helium";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EndpointScorerOptions } from "../../src/scoring/endpoint-options.ts";
import { EndpointScorer } from "../../src/scoring/endpoint-scorer.ts";
import { EngineScorer } from "../../src/scoring/engine-scorer.ts";
import { characterTokenizerOfModel } from "../helpers/character-tokenizer.ts";
import { modelReply } from "../helpers/model-reply.ts";
import { TestServer } from "../helpers/test-server.ts";

const folder = fileURLToPath(new URL("../../../../fixtures/models/helium/causal", import.meta.url));

describe("a model behind an endpoint", () => {
  let backend: Backend;
  let model: ModelForCausalLM;
  const tokenizer = characterTokenizerOfModel();
  let server: TestServer;
  beforeAll(async () => {
    backend = await createBackend("cpu");
    model = await AutoModelForCausalLM.fromPretrained(folder, { backend });
    server = await TestServer.start(modelReply(model, tokenizer));
  });
  afterAll(async () => {
    await server.close();
    model.dispose();
  });

  const endpoint = (options: Partial<EndpointScorerOptions> = {}): EndpointScorer =>
    new EndpointScorer({ url: server.url, model: "tiny", tokenizer, ...options });

  const questions = [
    ["Which planet is largest?\nAnswer:", " Jupiter", " a small one", " Ça dépend."],
    ["Para instalar o programa, ", "abra o ficheiro", "x"],
    ["", "Once upon a time", "In the beginning \n"],
    ["A long question that loses its start where the model takes few tokens of a text. ".repeat(4), "yes", "no, never"],
  ];
  const requests = questions.flatMap(([context = "", ...answers]) =>
    answers.map((continuation) => ({ context, continuation })),
  );

  test.each([true, false])("has the log-likelihoods of the engine (addBosToken: %j)", async (addBosToken) => {
    // The endpoint's length has room for a token that is generated, the engine's last token is not read.
    using engine = new EngineScorer({ model, tokenizer, addBosToken, maxLength: 48 });
    const expected = await engine.loglikelihood(requests);
    const given = await endpoint({ addBosToken, maxLength: 50, batchSize: 3 }).loglikelihood(requests);
    given.forEach(({ logprob, isGreedy }, i) => {
      expect(logprob).toBeCloseTo(expected[i]?.logprob ?? NaN, 3);
      expect(isGreedy).toBe(expected[i]?.isGreedy);
    });
    expect(given).toHaveLength(requests.length);
  });

  test("has the same ones by the server's own tokenizer", async () => {
    const { url } = server;
    const remote = await new EndpointScorer({ url, model: "tiny", maxLength: 50 }).loglikelihood(requests);
    expect(remote).toEqual(await endpoint({ maxLength: 50 }).loglikelihood(requests));
  });

  test("has the perplexity of the engine, in the same windows", async () => {
    const texts = [{ text: `${questions[3]?.[0]}\n\nEnd of it.` }, { text: "Short." }];
    using engine = new EngineScorer({ model, tokenizer, maxLength: 20 });
    const expected = await engine.rollingLoglikelihood(texts);
    const given = await endpoint({ maxLength: 22 }).rollingLoglikelihood(texts);
    given.forEach(({ logprob, tokens }, i) => {
      expect(tokens).toBe(expected[i]?.tokens);
      expect(logprob).toBeCloseTo(expected[i]?.logprob ?? NaN, 2);
    });
  });

  test("writes what the engine writes, up to the same stop", async () => {
    const prompts = ["Para instalar o programa", "The first thing"].map((context) => ({
      context,
      until: [",", "\n", " a "],
      maxNewTokens: 12,
    }));
    using engine = new EngineScorer({ model, tokenizer, addBosToken: true });
    const given = await endpoint({ addBosToken: true }).generateUntil(prompts);
    expect(given).toEqual(await engine.generateUntil(prompts));
  });
});
