import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { modelEntry, type ModelEntryOptions } from "@helium-lm/serve";
import { serve } from "@helium-lm/serve/node";
import { afterAll, expect, test } from "vitest";
import { root } from "../../../testing/repository.ts";

const folder = mkdtempSync(join(tmpdir(), "helium-prefixes-"));
afterAll(() => rmSync(folder, { recursive: true }));

const prompt = "A text that is longer than a page of sixty-four tokens. ".repeat(12);

/** Serves helium-nano, asks for one text with each key, and stops. @returns the cached tokens and the text of each */
async function cachedTokens(...keys: string[]): Promise<{ cached: number[]; texts: string[] }> {
  const options: ModelEntryOptions = { threads: 1, kvMemory: 2 ** 23 };
  const models = [modelEntry("helium/nano", `${root}models/helium-nano`, options)];
  const serving = await serve({ models, port: 0, prefixCache: join(folder, "cache"), apiKeys: ["a", "b"] });
  await serving.loaded;
  const [cached, texts]: [number[], string[]] = [[], []];
  for (const key of keys) {
    const response = await fetch(`${serving.url}/v1/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
      body: JSON.stringify({ prompt, max_tokens: 8, temperature: 0 }),
    });
    const { usage, choices } = (await response.json()) as {
      readonly usage: { readonly prompt_tokens_details: { readonly cached_tokens: number } };
      readonly choices: readonly { readonly text: string }[];
    };
    cached.push(usage.prompt_tokens_details.cached_tokens);
    texts.push(choices[0]!.text);
  }
  expect(await serving.stop()).toBe(true);
  return { cached, texts };
}

test("what was computed for a key is found again after a restart, and by that key only", async () => {
  const first = await cachedTokens("a", "b", "a");
  expect(first.cached.slice(0, 2)).toEqual([0, 0]);
  expect(first.cached[2]).toBeGreaterThan(63);
  const cache = join(folder, "cache");
  expect(readdirSync(cache).sort()).toEqual(["helium%2Fnano.prefixes", "secret"]);
  expect(statSync(join(cache, "secret")).mode & 0o077).toBe(0);
  rmSync(join(cache, "helium%2Fnano.prefixes"));
  // Only a's text is stored in this run.
  expect((await cachedTokens("a")).cached).toEqual([0]);
  const again = await cachedTokens("b", "a");
  expect(again.cached[0]).toBe(0);
  expect(again.cached[1]).toBe(first.cached[2]);
  expect(new Set([...first.texts, ...again.texts]).size).toBe(1);
});
