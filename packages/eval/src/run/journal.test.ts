import { expect, test } from "vitest";
import { journalKey } from "./journal.ts";

test("a key depends on the model, the method and everything that is asked", async () => {
  const keys = await Promise.all([
    journalKey("m", ["loglikelihood", "a", "b"]),
    journalKey("n", ["loglikelihood", "a", "b"]),
    journalKey("m", ["loglikelihood", "ab", ""]),
    journalKey("m", ["loglikelihood_rolling", "a"]),
    journalKey("m", ["generate_until", "a", ["b"], 3]),
    journalKey("m", ["generate_until", "a", ["b"], 4]),
  ]);
  expect(new Set(keys).size).toBe(keys.length);
  expect(await journalKey("m", ["loglikelihood", "a", "b"])).toBe(keys[0]);
});
