import { readFileSync, writeFileSync } from "node:fs";
import type { BatchOutcome } from "@helium-lm/serve";

const MODEL = "helium-nano";

/** Writes so many requests, of texts of up to so many tokens and of vectors; one in fifty is refused by its route. */
export function writeRequests(path: string, lines: number, maxTokens: number): void {
  const request = (at: number): object => {
    const prompt = `Once upon a time, number ${at}`;
    if (at % 50 === 7) return { url: "/v1/completions", body: { model: MODEL, prompt, max_tokens: -at } };
    if (at % 10 === 3) return { url: "/v1/embeddings", body: { model: MODEL, input: prompt, dimensions: 8 } };
    const body = { model: MODEL, prompt, max_tokens: 1 + ((at * 7) % maxTokens), ignore_eos: true, seed: at };
    return { url: "/v1/completions", body };
  };
  const texts = Array.from({ length: lines }, (_, at) => ({ custom_id: `line:${at}`, method: "POST", ...request(at) }));
  writeFileSync(path, texts.map((text) => `${JSON.stringify(text)}\n`).join(""));
}

/** What of an outcome is the same whenever and wherever the line is run. */
export function essence({ custom_id, response, error }: BatchOutcome): string {
  const { choices, data, error: refusal } = (response?.body ?? {}) as Readonly<Record<string, unknown>>;
  return JSON.stringify([custom_id, response?.status_code, choices, data, refusal, error]);
}

export const readOutcomes = (path: string): BatchOutcome[] =>
  readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as BatchOutcome);
