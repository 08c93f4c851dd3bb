import { expect, it } from "vitest";
import { fixturePath, readFixture } from "../../../../testing/fixtures.ts";
import { loadModel } from "./load-model.ts";

const folder = "models/helium/causal";

it("a model has the generation config that lies beside it", async () => {
  using model = await loadModel("causal-lm", fixturePath(folder), { backend: "cpu" });
  const file = readFixture<Record<string, unknown>>(`${folder}/generation_config.json`);
  expect(model.generationConfig).toMatchObject({ eosTokenId: file.eos_token_id, padTokenId: file.pad_token_id });
});
