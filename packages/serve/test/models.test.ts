import OpenAI from "openai";
import { expect, test } from "vitest";
import { openServer } from "./open-server.ts";

test("openai's client lists the models, and learns of one that is not there", async () => {
  await using opened = await openServer();
  const client = new OpenAI({ baseURL: opened.baseUrl, apiKey: "none", maxRetries: 0 });
  const { data } = await client.models.list();
  expect(data).toMatchObject([{ id: "helium-nano", object: "model", owned_by: "helium-lm" }]);
  expect((await client.models.retrieve("helium-nano")).id).toBe("helium-nano");
  await expect(client.models.retrieve("gpt-0")).rejects.toMatchObject({ status: 404, code: "model_not_found" });
});
