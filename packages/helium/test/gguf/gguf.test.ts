import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtemp, rm } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createBackend, QuantMatrix, type Backend } from "@helium-lm/tensor";
import { bytesSource, GgufError } from "@helium-lm/nn";
import { ggufSource, loadConfig, loadModel, modelSource, type ModelForCausalLM } from "@helium-lm/helium";
import { compareGolden, fixturePath, readFixture, type Golden } from "../../../../testing/fixtures.ts";

interface Fixture {
  readonly file: string;
  readonly input_ids: number[];
  readonly logits: Golden;
}

const { files } = readFixture<{ files: Fixture[] }>("quant/gguf.json");
const tolerance = { absolute: 1e-4, relative: 0 };

describe.each(["reference", "cpu"])("GGUF files on %s", (name) => {
  let backend: Backend;
  let model: ModelForCausalLM | undefined;
  beforeAll(async () => {
    backend = await createBackend(name);
  });
  afterEach(() => {
    model?.dispose();
    model = undefined;
    expect(backend.memory().handles).toBe(0);
  });

  const logitsOf = async (ids: number[]): Promise<unknown> => {
    const { logits } = model!.forward({ inputIds: [ids] });
    const [rows] = (await logits.toArray()) as unknown[];
    logits.dispose();
    return rows;
  };

  test.each(files)("$file: transformers' logits", async ({ file, input_ids, logits }) => {
    model = await loadModel("causal-lm", fixturePath(`quant/${file}`), { backend });
    expect(model.loadReport).toEqual({ missing: [], unused: [] });
    expect(compareGolden(await logitsOf(input_ids), logits, tolerance)).toMatchObject({ firstBad: null });
  });

  test("quantised matrices stay blocks, also in the state dict; on request they are dense", async () => {
    const path = fixturePath("quant/llama-q4_0.gguf");
    model = await loadModel("causal-lm", path, { backend });
    const kinds = [...model.stateDict()].map(([, m]) => (m instanceof QuantMatrix ? m.format : m.dtype));
    expect(new Set(kinds)).toEqual(new Set(["q4_0", "f32"]));
    // Beside the weights a backend holds tables, which are as large for both.
    const [blocks, held] = [model.weightBytes, backend.memory().bytes];
    model.dispose();
    model = await loadModel("causal-lm", path, { backend, dtype: "f32" });
    expect(model.weightBytes).toBeGreaterThan(5 * blocks);
    expect(backend.memory().bytes - held).toBe(model.weightBytes - blocks);
    const { input_ids, logits } = files.find(({ file }) => file === "llama-q4_0.gguf")!;
    expect(compareGolden(await logitsOf(input_ids), logits, tolerance)).toMatchObject({ firstBad: null });
  });

  test("it generates with its cache as it computes at once", async () => {
    model = await loadModel("causal-lm", fixturePath("quant/llama-q8_0.gguf"), { backend });
    const inputIds = [[1, 5, 9, 33]];
    const { sequences } = await model.generate({ inputIds, maxNewTokens: 6 });
    let ids = inputIds[0]!;
    while (ids.length < sequences[0]!.length) {
      const last = ((await logitsOf(ids)) as number[][]).at(-1)!;
      ids = [...ids, last.indexOf(Math.max(...last))];
    }
    expect(sequences[0]).toEqual(ids);
  });
});

describe("where a file may be", () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await createBackend("cpu");
  });
  afterAll(() => {
    expect(backend.memory().handles).toBe(0);
  });
  const { file, input_ids, logits } = files[2]!;
  const bytes = new Uint8Array(readFileSync(fixturePath(`quant/${file}`)));

  const expectLogits = async (location: Parameters<typeof loadModel>[1]): Promise<void> => {
    using model = await loadModel("causal-lm", location, { backend });
    const out = model.forward({ inputIds: [input_ids] });
    const [rows] = (await out.logits.toArray()) as unknown[];
    out.logits.dispose();
    expect(compareGolden(rows, logits, tolerance)).toMatchObject({ firstBad: null });
  };

  test("bytes that a page has", () => expectLogits(ggufSource(bytesSource(bytes, file))));

  test("a URL, read by ranges", async () => {
    const ranges: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
      ranges.push(range?.[0]);
      const [from, to] = range ? [Number(range[1]), Number(range[2])] : [0, bytes.length - 1];
      response.writeHead(range ? 206 : 200, {
        "accept-ranges": "bytes",
        "content-length": to - from + 1,
        "content-range": `bytes ${from}-${to}/${bytes.length}`,
      });
      response.end(request.method === "HEAD" ? undefined : bytes.subarray(from, to + 1));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    try {
      await expectLogits(new URL(`http://127.0.0.1:${port}/models/x.gguf?download=true`));
      await expectLogits(`http://127.0.0.1:${port}/models/x.gguf`);
      expect(ranges).not.toContain(undefined);
      // Of 20 tensors, neighbours together: opened twice, the head twice, the tensors, by each load.
      expect(ranges).toHaveLength(10);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test("a model saved from it is a folder that anyone can read: in the family's order", async () => {
    const folder = await mkdtemp(join(tmpdir(), "helium-gguf-"));
    try {
      using model = await loadModel("causal-lm", fixturePath(`quant/${file}`), { backend });
      await model.savePretrained(folder);
      await expectLogits(folder);
      const { traits, ropeInterleave } = await loadConfig(await modelSource(folder));
      expect([ropeInterleave, traits.rope.pairing]).toEqual([null, "half"]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("Helium's weights, read as llama, are llama's in half-split order when saved", async () => {
    const folder = await mkdtemp(join(tmpdir(), "helium-gguf-"));
    try {
      using model = await loadModel("causal-lm", fixturePath("quant/helium-as-llama-f32.gguf"), { backend });
      await model.savePretrained(folder);
      const golden = files.find((fixture) => fixture.file === "helium-as-llama-f32.gguf")!;
      using again = await loadModel("causal-lm", folder, { backend });
      const { logits: found } = again.forward({ inputIds: [golden.input_ids] });
      const [rows] = (await found.toArray()) as unknown[];
      found.dispose();
      expect(compareGolden(rows, golden.logits, tolerance)).toMatchObject({ firstBad: null });
      expect(again.config.toJSON()).not.toHaveProperty("rope_interleave");
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("nowhere, or no such file", async () => {
    await expect(loadModel("causal-lm", "/no/such/x.gguf", { backend })).rejects.toThrow(/x.gguf: cannot be opened/);
    const cut = ggufSource(bytesSource(bytes.subarray(0, 9000), "cut.gguf"));
    await expect(loadModel("causal-lm", cut, { backend })).rejects.toBeInstanceOf(GgufError);
  });
});

test("the config says what the metadata says", async () => {
  const config = await loadConfig(ggufSource(fixturePath("quant/helium-as-llama-f32.gguf")));
  expect(config.toJSON()).toMatchObject({
    model_type: "llama",
    architectures: ["LlamaForCausalLM"],
    rms_norm_eps: 1e-8,
    rope_parameters: { rope_type: "default", rope_theta: 100_000 },
    rope_interleave: true,
    tie_word_embeddings: false,
    bos_token_id: 1,
    eos_token_id: 2,
    pad_token_id: 3,
  });
  expect(config.traits.rope.pairing).toBe("interleaved");
  expect(config.unknownKeys).toEqual({});
  expect(config.warnings).toEqual([]);
});
