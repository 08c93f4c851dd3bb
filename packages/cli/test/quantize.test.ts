import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createGpuJsBackend } from "@helium-lm/tensor/backends/gpujs";
import { loadModel } from "@helium-lm/helium";
import { root } from "../../../testing/repository.ts";
import { greedy, helium, json, lastLogits } from "./run-helium.ts";
import { fixturePath } from "../../../testing/fixtures.ts";

const scratch = mkdtempSync(join(tmpdir(), "helium-cli-gguf-"));
afterAll(() => rmSync(scratch, { recursive: true }));
const at = (name: string): string => join(scratch, name);

interface Quantised {
  readonly parameters: number;
  readonly bytes: { readonly input: number; readonly output: number };
  readonly error: { readonly worst: number; readonly mean: number };
  readonly fallbacks: readonly { readonly path: string; readonly wanted: string; readonly used: string }[];
  readonly tensors: readonly {
    readonly name: string;
    readonly dtype: string;
    readonly shape: readonly number[];
    readonly bytes: number;
    readonly relativeRms: number;
  }[];
}

describe("quantize", () => {
  const files = { q8_0: at("nano.q8_0.gguf"), q4_0: at("nano.q4_0.gguf") } as const;
  let reports: Record<keyof typeof files, Quantised>;
  beforeAll(async () => {
    reports = {
      q8_0: await json("quantize", "helium-nano", files.q8_0, "--format", "q8_0"),
      q4_0: await json("quantize", "helium-nano", files.q4_0, "--format", "Q4_0", "--embedding-format", "q8_0"),
    };
  });

  // q8_0 has 34 bytes for 32 weights, q4_0 has 18; a step of q4_0 is an eighth to a sixteenth of the largest weight.
  it("reports format, size and error of every tensor", () => {
    const { q8_0, q4_0 } = reports;
    expect(q8_0.parameters).toBe(7_965_952);
    expect(q8_0.tensors).toHaveLength(57);
    for (const { name, dtype, shape, bytes, relativeRms } of q8_0.tensors) {
      const elements = shape.reduce((size, n) => size * n, 1);
      const isVector = name.endsWith("norm.weight");
      expect({ name, dtype, bytes }).toEqual({
        name,
        dtype: isVector ? "f32" : "q8_0",
        bytes: isVector ? elements * 4 : (elements / 32) * 34,
      });
      if (isVector) expect(relativeRms).toBe(0);
      else expect(relativeRms).toBeGreaterThan(0.001);
      expect(relativeRms).toBeLessThan(0.01);
    }
    const dtypeOf = (name: string): string | undefined => q4_0.tensors.find((tensor) => tensor.name === name)?.dtype;
    expect(["token_embd.weight", "output.weight", "blk.0.ffn_down.weight"].map(dtypeOf)).toEqual([
      "q8_0",
      "q8_0",
      "q4_0",
    ]);
    expect(q4_0.error.worst).toBeGreaterThan(0.03);
    expect(q4_0.error.worst).toBeLessThan(0.13);
    expect(q4_0.error.mean).toBeLessThan(q4_0.error.worst);
    expect([q8_0.fallbacks, q4_0.fallbacks]).toEqual([[], []]);
    for (const [format, path] of Object.entries(files) as [keyof typeof files, string][])
      expect(reports[format].bytes.output).toBe(readFileSync(path).length);
  });

  it.each(greedy)(
    "q8_0 writes what the model writes unquantised, up to a near tie: $prompt",
    async ({ prompt, ...all }) => {
      const argv = ["generate", prompt, "--model", files.q8_0, "--max-new-tokens", "32"];
      const { inputIds, tokens } = await json<{ inputIds: number[]; tokens: number[] }>(...argv);
      const found = [...inputIds, ...tokens];
      const parted = all.sequence.findIndex((id, t) => id !== found[t]);
      if (parted < 0) return;
      const logits = await lastLogits(`${root}models/helium-nano`, all.sequence.slice(0, parted));
      // Measured: 0.013, of logits whose root mean square is 5.5.
      expect(logits[all.sequence[parted]!]! - logits[found[parted]!]!).toBeLessThan(0.03);
    },
  );

  it("q8_0 writes the very text of the unquantised model for most prompts", async () => {
    const texts: string[] = [];
    for (const { prompt } of greedy) {
      const argv = ["generate", prompt, "--model", files.q8_0, "--max-new-tokens", "32"];
      texts.push((await json<{ text: string }>(...argv)).text);
    }
    const equal = texts.filter((text, i) => text === greedy[i]!.text);
    expect(equal.length).toBeGreaterThanOrEqual(greedy.length - 1);
  });

  it("keeps the logits near: q8_0 closer than q4_0", async () => {
    const ids = greedy[1]!.input_ids;
    const dense = await lastLogits(`${root}models/helium-nano`, ids);
    const distance = async (path: string): Promise<number> => {
      const logits = await lastLogits(path, ids);
      const [error, energy] = [0, 1].map((kind) =>
        logits.reduce((sum, logit, i) => sum + (kind === 0 ? logit - dense[i]! : dense[i]!) ** 2, 0),
      ) as [number, number];
      return Math.sqrt(error / energy);
    };
    const [q8_0, q4_0] = [await distance(files.q8_0), await distance(files.q4_0)];
    // Measured: 0.0032 and 0.047.
    expect(q8_0).toBeLessThan(0.01);
    expect(q4_0).toBeLessThan(0.1);
    expect(q8_0).toBeLessThan(q4_0);
  });

  it("gives the same blocks as quantising while loading", async () => {
    const prompt = greedy[0]!.prompt;
    const options = ["--max-new-tokens", "16", "--dtype", "q4_0", "--embedding-dtype", "q8_0"];
    const loaded = await json<{ tokens: number[] }>("generate", prompt, ...options);
    const stored = await json<{ tokens: number[] }>("generate", prompt, "--model", files.q4_0, ...options.slice(0, 2));
    expect(stored.tokens).toEqual(loaded.tokens);
    expect(stored.tokens).toHaveLength(16);
  });

  it("is inspected with its blocks", async () => {
    const { storedAs, storedBytes, memory } = await json<{
      storedAs: { dtype: string; tensors: number; bytes: number }[];
      storedBytes: number;
      memory: { weights: Record<string, number> };
    }>("inspect", files.q4_0);
    expect(storedAs.map(({ dtype, tensors }) => [dtype, tensors])).toEqual([
      ["q8_0", 2],
      ["q4_0", 42],
      ["f32", 13],
    ]);
    expect(storedAs.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(storedBytes);
    expect(memory.weights.auto).toBe(storedBytes);
    const { out } = await helium(["inspect", files.q4_0]);
    expect(out).toMatch(/ {2}file +6\.1 MB; q8_0 3\.3 MB × 2, q4_0 2\.7 MB × 42, f32 13\.3 kB × 13\n/);
    expect(out).toMatch(/model\.layers\.\{0…5\}\.mlp\.down_proj\.weight +q4_0 +\[256, 704\]/);
  });

  it("is packed on gpujs in the formats that its kernels read, and expanded in others", async () => {
    await json("quantize", "helium-nano", at("nano.q4_1.gguf"), "--format", "q4_1", "--embedding-format", "q8_0");
    const inspected = async (path: string): Promise<string> =>
      (await helium(["inspect", path, "--backend", "gpujs", "--gpujs-mode", "cpu"])).out;
    expect(await inspected(files.q4_0)).toMatch(
      /kept on gpujs cpu\n +q8_0 +as it is +1\.50 B a weight +4\.7 MB × 2\n +q4_0 +as it is +0\.75 B a weight +3\.6 MB × 42\n/,
    );
    expect(await inspected(at("nano.q4_1.gguf"))).toMatch(/ q4_1 +expanded to f32 +4\.00 B a weight +19\.3 MB × 42\n/);
    const backend = await createGpuJsBackend({ mode: "cpu" });
    using model = await loadModel("causal-lm", at("nano.q4_1.gguf"), { backend });
    const { slow = [] } = model.loadReport;
    expect(slow).toHaveLength(42);
    for (const matrix of slow) expect(matrix).toMatchObject({ stored: "q4_1", kept: "f32", runs: "expanded" });
    const { types } = (
      await json<{ kept: { types: readonly object[] } }>(
        ...["inspect", at("nano.q4_1.gguf"), "--backend", "gpujs", "--gpujs-mode", "cpu"],
      )
    ).kept;
    expect(types).toContainEqual(
      expect.objectContaining({ stored: "q4_1", kept: "f32", runs: "expanded", tensors: 42 }),
    );
    expect(types).toContainEqual(expect.objectContaining({ stored: "q8_0", kept: "q8_0", runs: "kernel" }));
  });

  it("prints a table and a summary", async () => {
    const { code, out, err } = await helium([
      "quantize",
      fixturePath("models/llama/causal"),
      at("t.gguf"),
      "--format",
      "q8_0",
    ]);
    expect(code).toBe(0);
    expect(err).toMatch(
      /^rows that do not fill blocks of q8_0: kept 3 as bf16 \(blk\.0\.ffn_down\.weight, … 3 in all\)\n$/,
    );
    expect(out).toMatch(/^token_embd\.weight +q8_0 +\[\d+, 32\] +[\d.]+ kB +error +\d\.\d %\n/m);
    expect(out).toMatch(/^output_norm\.weight +f32 +\[32\] +128 B$/m);
    expect(out).toMatch(
      /\n\n.*t\.gguf: [\d,]+ parameters · .* → .*× smaller · [\d.]+ bits per weight · error mean .* s\n$/,
    );
  });

  it("names what does not fill the blocks, and fails then with --strict, leaving nothing", async () => {
    const folder = fixturePath("models/llama/causal");
    const { code, err } = await helium(["quantize", folder, at("k.gguf"), "--format", "q4_K"]);
    expect(code).toBe(0);
    expect(err).toMatch(
      /^rows that do not fill blocks of q4_K: kept \d+ as q5_0.* \(token_embd\.weight, … \d+ in all\)\n$/,
    );
    const strict = await helium(["quantize", folder, at("strict.gguf"), "--format", "q4_K", "--strict"]);
    expect(strict.code).toBe(1);
    expect(strict.err).toMatch(
      /^token_embd\.weight: has rows of 32, which do not fill blocks of q4_K; leave out --strict/,
    );
    expect(readdirSync(scratch).filter((name) => name.startsWith("strict"))).toEqual([]);
  });

  it("reads a GGUF file too, and keeps its tokenizer", async () => {
    const again = at("again.gguf");
    await json("quantize", files.q8_0, again, "--format", "q4_1");
    const prompt = greedy[1]!.prompt;
    const { inputIds } = await json<{ inputIds: number[] }>(
      "generate",
      prompt,
      "--model",
      again,
      "--max-new-tokens",
      "1",
    );
    expect(inputIds).toEqual(greedy[1]!.input_ids);
  });

  it("refuses to replace a file without --force, and leaves it when it fails", async () => {
    const path = at("kept.gguf");
    writeFileSync(path, "mine");
    const argv = ["quantize", fixturePath("models/llama/causal"), path, "--format", "q8_0"];
    const refused = await helium(argv);
    expect(refused).toMatchObject({ code: 1, out: "" });
    expect(refused.err).toMatch(/kept\.gguf: already exists; give another name, or use --force to replace it\n$/);
    const broken = at("broken");
    mkdirSync(broken);
    for (const name of ["config.json", "model.safetensors"]) {
      const bytes = readFileSync(join(fixturePath("models/llama/causal"), name));
      if (name === "model.safetensors") {
        // NaN in the head: it is met when the embedding is written.
        const header = 8 + Number(bytes.readBigUInt64LE(0));
        const entries = JSON.parse(bytes.toString("utf8", 8, header)) as Record<
          string,
          { data_offsets: [number, number] }
        >;
        const [begin, end] = entries["lm_head.weight"]!.data_offsets;
        bytes.fill(0xff, header + begin, header + end);
      }
      writeFileSync(join(broken, name), bytes);
    }
    const failed = await helium(["quantize", broken, path, "--format", "q8_0", "--force"]);
    expect(failed.code).toBe(1);
    expect(failed.err).toMatch(/NaN; expected finite weights/);
    expect(readFileSync(path, "utf8")).toBe("mine");
    expect(readdirSync(scratch).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    expect((await helium([...argv, "--force"])).code).toBe(0);
    expect(readFileSync(path).subarray(0, 4).toString()).toBe("GGUF");
  });

  it("stops at the signal: exit code 130 and no file", async () => {
    const controller = new AbortController();
    controller.abort();
    const argv = ["quantize", "helium-nano", at("stopped.gguf"), "--format", "q8_0"];
    expect(await helium(argv, { signal: controller.signal })).toEqual({ code: 130, out: "", err: "" });
    expect(readdirSync(scratch).filter((name) => name.startsWith("stopped"))).toEqual([]);
  });

  it("leaves nothing when it is stopped while it writes", async () => {
    const controller = new AbortController();
    const begun = (): boolean => readdirSync(scratch).some((name) => /^half\.gguf\..*\.tmp$/.test(name));
    const watch = setInterval(() => begun() && controller.abort(), 1);
    const argv = ["quantize", "helium-nano", at("half.gguf"), "--format", "q4_0"];
    const { code, out, err } = await helium(argv, { signal: controller.signal });
    clearInterval(watch);
    expect({ code, out, err }).toEqual({ code: 130, out: "", err: "" });
    expect(readdirSync(scratch).filter((name) => name.startsWith("half"))).toEqual([]);
  });
});

describe("--dtype of the commands that load a model", () => {
  it("quantises for classify and tag, and names fallbacks on stderr", async () => {
    const text = "Wo ist der Bahnhof?";
    const classified = await helium(["classify", "--json", "--dtype", "q8_0", text]);
    expect(classified).toMatchObject({ code: 0, err: "" });
    expect((JSON.parse(classified.out) as { label: string }).label).toBe("de");
    const tagged = await helium(["tag", "--json", "--dtype", "q4_K", text]);
    expect(tagged.code).toBe(0);
    expect(tagged.err).toMatch(/^rows that do not fill blocks of q4_K: kept \d+ as .*\n$/);
    const strict = await helium(["tag", "--dtype", "q4_K", "--strict", text]);
    expect(strict.code).toBe(1);
    expect(strict.err).toMatch(/do not fill blocks of 256/);
  });
});
