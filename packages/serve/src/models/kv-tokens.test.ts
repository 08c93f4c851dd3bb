import { loadConfig, modelSource } from "@helium-lm/helium";
import { kvCacheBytesPerToken } from "@helium-lm/helium/convert";
import fc from "fast-check";
import { expect, it } from "vitest";
import { root } from "../../../../testing/repository.ts";
import { kvTokens } from "./kv-tokens.ts";

const config = await loadConfig(await modelSource(`${root}models/helium-nano`));
const each = kvCacheBytesPerToken(config);

it("are whole pages that fit, and one more would not", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("f32", "f16", "bf16", "q8_0"),
      fc.integer({ min: 1e6, max: 1e10 }),
      (kvDType, bytes) => {
        const tokens = kvTokens(config, bytes, { kvDType });
        expect(tokens % 64).toBe(0);
        expect(tokens * each[kvDType]).toBeLessThanOrEqual(bytes);
        expect((tokens + 64) * each[kvDType]).toBeGreaterThan(bytes);
      },
    ),
    { seed: 1 },
  );
});

it("are those of what the backend chooses where nothing is said", () => {
  const room = 4096 * each.f16;
  expect(kvTokens(config, room, { backend: "cpu" })).toBe(2048);
  expect(kvTokens(config, room, {})).toBe(Math.floor(room / each.q8_0 / 64) * 64);
  expect(kvTokens(config, room / 4, { backend: "wasm" })).toBe(1024);
});

it("too few bytes are told", () => {
  expect(() => kvTokens(config, 1000, {})).toThrow(/^kvMemory: is 1000 bytes, less than one page of 64 tokens/);
});
