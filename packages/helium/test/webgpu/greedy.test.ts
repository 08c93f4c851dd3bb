import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fixturePath } from "../../../../testing/fixtures.ts";
import { root } from "../../../../testing/repository.ts";
import { isCut } from "../../../../testing/short-form.ts";
import { softwareVulkan } from "../../../../testing/software-vulkan.ts";
import type { GreedyJob, GreedyPair } from "./greedy-messages.ts";

const entry = fileURLToPath(new URL("greedy-process.ts", import.meta.url));
const sources = new URL("../../../../scripts/workspace-sources.ts", import.meta.url).href;
const NEEDS = "needs the package webgpu and a Vulkan driver, such as that of a Chromium";
const TIMEOUT_MS = 300_000;

let child: ChildProcess | null = null;
let isAvailable = false;

let ended: Promise<never>;

async function answer<T>(): Promise<T> {
  if (!child) throw new Error("no process");
  const [value] = (await Promise.race([once(child, "message"), ended])) as [T];
  return value;
}

beforeAll(async () => {
  child = fork(entry, [], {
    execArgv: ["--import", sources],
    env: { ...process.env, ...softwareVulkan() },
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  ended = once(child, "exit").then((): never => {
    throw new Error("the process of the device ended");
  });
  ended.catch(() => undefined);
  isAvailable = await answer<string>().then(
    (said) => said === "ready",
    () => false,
  );
}, TIMEOUT_MS);
afterAll(() => child?.connected && child.disconnect());

async function run(job: GreedyJob): Promise<GreedyPair> {
  child?.send(job);
  const given = await answer<GreedyPair | { readonly error: string }>();
  if ("error" in given) throw new Error(given.error);
  return given;
}

const families = isCut("families on webgpu") ? ["llama"] : readdirSync(fixturePath("models")).sort();
const dtypes = isCut("families on webgpu") ? (["q4_0"] as const) : (["bf16", "q8_0", "q4_0"] as const);

const LAYERS = 6;

/** What helium-nano multiplies a token with: q, k, v, o, gate, up and down of each layer, and the head. */
const WEIGHTS = LAYERS * (4 * 256 * 256 + 3 * 704 * 256) + 6144 * 256;

const bytesPerWeight = { q4_0: 18 / 32, q8_0: 34 / 32, bf16: 2 } as const;

/** Its keys and values of so many tokens, in f16. */
const keysAndValues = (tokens: number): number => LAYERS * 2 * 4 * 64 * 2 * tokens;

/** Tokens that the page tables of a short sequence have room for: as far as that, bytes in pages are counted as read. */
const ROOM = 512;

describe("greedy tokens on webgpu in Node are those of wasm", () => {
  test.for(families)("a tiny %s", { timeout: TIMEOUT_MS }, async (family, { skip }) => {
    skip(!isAvailable, NEEDS);
    const { wasm, webgpu } = await run({ folder: fixturePath(`models/${family}/causal`), tokens: 6, lookahead: 4 });
    expect(webgpu.first).toEqual(wasm.first);
    expect(webgpu.again).toEqual(wasm.first);
    expect(webgpu.handles).toBe(0);
    // All were made ready while the weights were loaded.
    expect(webgpu.compiledInPlace).toBe(0);
  });

  test.for(dtypes)(
    "helium-nano in %s, a token being one submit of a recorded pass",
    { timeout: TIMEOUT_MS },
    async (dtype, { skip }) => {
      skip(!isAvailable, NEEDS);
      const [tokens, lookahead] = [8, 4];
      const { wasm, webgpu } = await run({ folder: `${root}models/helium-nano`, dtype, tokens, lookahead });
      expect(webgpu.again).toEqual(wasm.first);
      expect(webgpu.compiledInPlace).toBe(0);
      expect(webgpu.perToken).toMatchObject({ submits: 1, replays: 1, reads: 1 / lookahead });
      // Of a layer: q, k and v with their norm; turning them, and into pages; attention, and joining its splits; output; gate with up;
      // down. Besides: embedding, norm, head, two that choose the token, one that makes it the next one's, and two that
      // keep it until it is read with others.
      expect(webgpu.perToken.dispatches).toBeLessThanOrEqual(7 * LAYERS + 8);
      const weights = WEIGHTS * bytesPerWeight[dtype];
      expect(webgpu.perToken.bytes).toBeLessThanOrEqual(1.1 * (weights + keysAndValues(ROOM)));
      // All but pages is also little beside weights and the few keys and values that there are.
      const apart = webgpu.perToken.bytes - keysAndValues(ROOM);
      expect(apart).toBeGreaterThan(weights);
      expect(apart + keysAndValues(8)).toBeLessThanOrEqual(1.1 * (weights + keysAndValues(8)));
    },
  );

  test.skipIf(isCut("families on webgpu"))(
    "helium-nano with all matrices in several buffers",
    { timeout: TIMEOUT_MS },
    async ({ skip }) => {
      skip(!isAvailable, NEEDS);
      const job = {
        folder: `${root}models/helium-nano`,
        dtype: "bf16",
        tokens: 3,
        lookahead: 0,
        maxStorageBytes: 200_000,
      } as const;
      const { wasm, webgpu } = await run(job);
      expect(webgpu.first).toEqual(wasm.first);
      expect(webgpu.again).toEqual(wasm.first);
      expect(webgpu.handles).toBe(0);
    },
  );
});
