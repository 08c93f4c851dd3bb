import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBackend, DisposedError } from "@helium-lm/tensor";
import {
  AutoModelForCausalLM,
  createEngineWorker,
  createInferenceEngine,
  GenerationError,
  loadPrefixFile,
  PrefixFileError,
  savePrefixFile,
  type Engine,
  type InferenceEngine,
  type ModelForCausalLM,
} from "@helium-lm/helium";
import { fixtureWith } from "../helpers/fixture-with.ts";
import { openFixtureModel } from "../helpers/generation-model.ts";

const nano = fileURLToPath(new URL("../../../../models/helium-nano", import.meta.url));
const longer = { max_position_embeddings: 1024 };
const joined = (parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
const caught = (attempt: Promise<unknown>): Promise<unknown> => attempt.catch((error: unknown) => error);

const idsOf = (seed: number, length: number): number[] =>
  Array.from({ length }, (_, t) => 4 + ((seed * 31 + t * t * 7 + t * 13) % 90));

/** A text of some pages, and what is asked behind it. */
interface Asked {
  readonly start: number;
  readonly length: number;
  readonly salt?: string;
}
const promptOf = ({ start, length }: Asked): number[] => [...idsOf(start, length), ...idsOf(start + length, 5)];

/** Tokens, with log-probabilities of all that could have come, to the last bit. */
async function write(engine: Pick<Engine, "submit">, asked: Asked) {
  const { ids, logprobs, stats } = await engine.submit({
    inputIds: promptOf(asked),
    maxNewTokens: 3,
    logprobs: 40,
    generationConfig: {},
    ...(asked.salt !== undefined && { cacheSalt: asked.salt }),
  }).result;
  return { ids, logprobs, reused: stats.reusedTokens };
}

const texts: readonly Asked[] = [
  { start: 1, length: 200 },
  { start: 1, length: 130 },
  { start: 2, length: 64, salt: "a key of mine" },
  { start: 3, length: 320 },
];
/** Whole pages of each that are kept; the second is a part of the first. */
const keptTokens = [192, 128, 64, 320];

describe.each([
  ["cpu", "f32"],
  ["wasm", "f32"],
  ["wasm", "f16"],
  ["wasm", "q8_0"],
] as const)("starts of texts in a file, on %s with %s", (backend, kvDType) => {
  const opened = openFixtureModel("helium", backend, longer);

  test("serve another engine as they did, to the last bit, and under their salt alone", async () => {
    using first = opened.model.engine({ kvDType, maxTokens: 64 * 30 });
    const anew = [];
    for (const asked of texts) anew.push(await write(first, asked));
    const parts = await first.savePrefixes();
    expect(first.stats.pages.held).toBe(0);
    expect(joined(parts).includes(Buffer.from("a key of mine")[0] ?? 0)).toBe(true);
    expect(Buffer.from(joined(parts)).includes("a key of mine")).toBe(false);
    using second = opened.model.engine({ kvDType, maxTokens: 64 * 30 });
    const { cached } = first.stats.pages;
    expect(await second.loadPrefixes(joined(parts))).toEqual({ pages: cached, tokens: 64 * cached, leftOut: 0 });
    expect(second.stats.pages).toMatchObject({ held: 0, cached });
    expect((await write(second, { ...(texts[2] as Asked), salt: "another" })).reused).toBe(0);
    expect((await write(second, { start: 2, length: 64 })).reused).toBe(0);
    for (const [i, asked] of texts.entries()) {
      const { reused, ...text } = await write(second, asked);
      expect(text).toEqual({ ids: anew[i]?.ids, logprobs: anew[i]?.logprobs });
      expect(reused).toBeGreaterThanOrEqual(keptTokens[i] ?? Infinity);
    }
    // A second time nothing is kept twice.
    const before = second.stats.pages.cached;
    expect((await second.loadPrefixes(parts)).pages).toBe(cached);
    expect(second.stats.pages).toMatchObject({ held: 0, cached: before });
  });
});

describe("a file of starts", () => {
  const opened = openFixtureModel("helium", "wasm", longer);
  const options = { maxTokens: 64 * 30 };
  let file: Uint8Array;
  beforeAll(async () => {
    using engine = opened.model.engine(options);
    for (const asked of texts) await write(engine, asked);
    file = joined(await engine.savePrefixes());
  });

  test("that is damaged anywhere, cut or longer is refused, and nothing is taken", async () => {
    using engine = opened.model.engine(options);
    const damage = fc.oneof(
      fc.record({ at: fc.nat(file.length - 1), bit: fc.nat(7) }),
      // The header is a small part of it.
      fc.record({ at: fc.nat(3000), bit: fc.nat(7) }),
      fc.record({ cut: fc.nat(file.length - 1) }),
      fc.record({ more: fc.uint8Array({ minLength: 1, maxLength: 9 }) }),
    );
    await fc.assert(
      fc.asyncProperty(damage, async (how) => {
        let bytes: Uint8Array = file.slice();
        if ("bit" in how) bytes[how.at] = (bytes[how.at] ?? 0) ^ (1 << how.bit);
        else bytes = "cut" in how ? bytes.subarray(0, how.cut) : joined([bytes, how.more]);
        const error = await caught(engine.loadPrefixes(bytes));
        expect(error).toBeInstanceOf(PrefixFileError);
        expect((error as Error).message).toMatch(/^prefixes: the file .*; let it be written anew$/);
      }),
      { numRuns: 120, seed: 3 },
    );
    expect(engine.stats.pages).toMatchObject({ held: 0, cached: 0 });
    for (const odd of [new Uint8Array(), new TextEncoder().encode("{}"), new Uint8Array(1000)])
      expect(await caught(engine.loadPrefixes(odd))).toBeInstanceOf(PrefixFileError);
  });

  test("may come in any parts", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(file.length), { maxLength: 6 }), async (cuts) => {
        using engine = opened.model.engine(options);
        const ends = [0, ...cuts, file.length].sort((a, b) => a - b);
        const parts = ends.slice(1).map((end, i) => file.subarray(ends[i], end));
        expect((await engine.loadPrefixes(parts)).leftOut).toBe(0);
        expect((await write(engine, texts[3] as Asked)).reused).toBeGreaterThanOrEqual(320);
      }),
      { numRuns: 8, seed: 4 },
    );
  });

  test("is taken over as far as there is room, what was used last first", async () => {
    for (const pages of [1, 3, 5, 6, 9, 11]) {
      using engine = opened.model.engine({
        maxTokens: 64 * pages,
        kvDType: opened.model.kvDTypeFor(options.maxTokens),
      });
      const { leftOut, ...taken } = await engine.loadPrefixes(file);
      expect(taken.pages + leftOut).toBe(9);
      expect([taken.pages, engine.stats.pages.cached]).toEqual([Math.min(pages, 9), Math.min(pages, 9)]);
      if (pages < 7) continue;
      expect((await write(engine, texts[3] as Asked)).reused).toBe(320);
    }
    // Least recently used is what goes first, after it was taken over as before.
    using engine = opened.model.engine(options);
    await engine.loadPrefixes(file);
    const again = joined(await engine.savePrefixes());
    expect(again).toEqual(file);
  });

  test("holds no more bytes than are allowed, and then what was used last", async () => {
    using engine = opened.model.engine(options);
    await engine.loadPrefixes(file);
    for (const maxBytes of [0, 4096, 20_000, 60_000, 100_000, file.length, 2 ** 30]) {
      const less = await engine.savePrefixes({ maxBytes });
      if (maxBytes >= 8192) expect(joined(less).length).toBeLessThanOrEqual(maxBytes);
      using other = opened.model.engine(options);
      const { pages } = await other.loadPrefixes(less);
      if (maxBytes >= 60_000 && pages >= 5)
        expect((await write(other, texts[3] as Asked)).reused).toBeGreaterThanOrEqual(320);
    }
    expect(await caught(engine.savePrefixes({ maxBytes: -1 }))).toBeInstanceOf(GenerationError);
  });

  test("of what would be computed otherwise is refused with what differs", async () => {
    const backend = await createBackend("wasm");
    const others: readonly [string, () => Promise<ModelForCausalLM>, Parameters<ModelForCausalLM["engine"]>[0]][] = [
      ["kvDType", async () => opened.model, { ...options, kvDType: "f32" }],
      [
        "backend",
        async () => AutoModelForCausalLM.fromPretrained(await fixtureWith("helium", longer), { backend: "cpu" }),
        { ...options, kvDType: "f16" },
      ],
      [
        "modelType",
        async () => AutoModelForCausalLM.fromPretrained(await fixtureWith("llama", longer), { backend }),
        options,
      ],
      [
        "config",
        async () =>
          AutoModelForCausalLM.fromPretrained(await fixtureWith("helium", { ...longer, rms_norm_eps: 1e-5 }), {
            backend,
          }),
        options,
      ],
      [
        "weights",
        async () =>
          AutoModelForCausalLM.fromPretrained(await fixtureWith("helium", longer), { backend, dtype: "bf16" }),
        options,
      ],
    ];
    for (const [field, open, own] of others) {
      const model = await open();
      using engine = model.engine(own);
      const error = await caught(engine.loadPrefixes(file));
      expect(error).toBeInstanceOf(PrefixFileError);
      expect(error).toMatchObject({ subject: "prefixes", details: { field } });
      expect((error as Error).message).toMatch(new RegExp(`^prefixes: ${field} is .*, the engine has .*; `));
      expect(engine.stats.pages).toMatchObject({ held: 0, cached: 0 });
      if (model !== opened.model) model.dispose();
    }
  });

  test("is written while texts go on, and what they take is left out", async () => {
    using engine = opened.model.engine({ maxTokens: 64 * 12, kvDType: "f16" });
    for (const asked of texts) await write(engine, asked);
    const going = [5, 6, 7, 8].map((start) => write(engine, { start, length: 300 }));
    const file = joined(await engine.savePrefixes());
    await Promise.all(going);
    using other = opened.model.engine({ maxTokens: 64 * 30, kvDType: "f16" });
    await other.loadPrefixes(file);
    using alone = opened.model.engine({ maxTokens: 64 * 30, kvDType: "f16", keepPrefixes: false });
    for (const asked of [...texts, { start: 5, length: 300 }, { start: 8, length: 300 }]) {
      const { ids, logprobs } = await write(other, asked);
      expect({ ids, logprobs }).toEqual({ ...(await write(alone, asked)), reused: undefined });
    }
  });

  test("is empty where nothing is kept, and is not taken where nothing may be", async () => {
    using none = opened.model.engine({ ...options, keepPrefixes: false });
    await write(none, texts[0] as Asked);
    expect(await none.savePrefixes()).toEqual([]);
    expect(await none.loadPrefixes(file)).toEqual({ pages: 0, tokens: 0, leftOut: 9 });
    const gone = opened.model.engine();
    gone.dispose();
    expect(await caught(gone.savePrefixes())).toBeInstanceOf(DisposedError);
    expect(await caught(gone.loadPrefixes(file))).toBeInstanceOf(DisposedError);
  });
});

describe.each([
  ["in this thread", createInferenceEngine],
  ["in a worker", createEngineWorker],
] as const)("a file on the disk, of an engine %s", (_, open) => {
  const load = { backend: "wasm", threads: 1, engine: { maxTokens: 4096 } } as const;
  let folder: string;
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "prefixes-"))));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const reused = async (engine: InferenceEngine): Promise<number> =>
    (await engine.submit({ inputIds: idsOf(9, 200), maxNewTokens: 1 }).result).stats.reusedTokens;

  test("appears whole, and serves the next start", async () => {
    const path = join(folder, "prefixes");
    {
      using engine = await open(nano, load);
      expect(await loadPrefixFile(engine, path)).toBeNull();
      expect(await savePrefixFile(engine, path)).toBe(0);
      expect(await readdir(folder)).toEqual([]);
      expect(await reused(engine)).toBe(0);
      expect(await savePrefixFile(engine, path)).toBe((await readFile(path)).length);
      expect(await readdir(folder)).toEqual(["prefixes"]);
    }
    using next = await open(nano, load);
    expect(await loadPrefixFile(next, path)).toEqual({ pages: 3, tokens: 192, leftOut: 0 });
    expect(await reused(next)).toBe(192);
    await writeFile(path, (await readFile(path)).subarray(0, 5000));
    expect(await caught(loadPrefixFile(next, path))).toBeInstanceOf(PrefixFileError);
  });
});
