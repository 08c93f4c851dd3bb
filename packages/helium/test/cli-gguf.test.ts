import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createBackend } from "@helium-lm/tensor";
import { quantFormatNames } from "@helium-lm/tensor/quant";
import { openSafetensors } from "@helium-lm/nn/io/node";
import { loadModel, modelFiles } from "@helium-lm/helium";
import { run } from "@helium-lm/helium/cli";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { root } from "./bundle.ts";
import { capturedIo, type IoSetup } from "./captured-io.ts";
import { fixturePath } from "./fixtures.ts";

// Real models on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const scratch = mkdtempSync(join(tmpdir(), "helium-cli-gguf-"));
afterAll(() => rmSync(scratch, { recursive: true }));
const at = (name: string): string => join(scratch, name);

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function helium(argv: readonly string[], setup: IoSetup = {}): Promise<Ran> {
  const io = capturedIo(setup);
  const code = await run(argv, io);
  return { code, out: io.out(), err: io.err() };
}

async function json<T>(...argv: string[]): Promise<T> {
  const { code, out, err } = await helium([...argv, "--json"]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return JSON.parse(out) as T;
}

const { greedy } = JSON.parse(readFileSync(`${root}models/helium-nano/expected.json`, "utf8")) as {
  readonly greedy: readonly {
    readonly prompt: string;
    readonly text: string;
    readonly input_ids: number[];
    readonly sequence: number[];
  }[];
};

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

/** Logits of the last position of a prompt, by a model on the cpu. */
async function lastLogits(location: string, ids: readonly number[]): Promise<Float32Array> {
  const backend = await createBackend("cpu");
  try {
    using model = await loadModel("causal-lm", location, { backend });
    const { logits } = model.forward({ inputIds: [[...ids]] });
    const flat = Float32Array.from(await logits.data());
    logits.dispose();
    return flat.slice(-model.config.vocabSize);
  } finally {
    backend.dispose();
  }
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
    expect(refused.err).toMatch(/kept\.gguf: exists already; give another name, or --force to replace it\n$/);
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
});

describe("convert", () => {
  const same = async (a: string, b: string): Promise<void> => {
    const [one, two] = [await openSafetensors(a), await openSafetensors(b)];
    expect([...two.names()].sort()).toEqual([...one.names()].sort());
    for (const name of one.names()) {
      expect([name, two.info(name).dtype, two.info(name).shape]).toEqual([
        name,
        one.info(name).dtype,
        one.info(name).shape,
      ]);
      expect(Buffer.compare(await one.readBytes(name), await two.readBytes(name)), name).toBe(0);
    }
    await Promise.all([one.close(), two.close()]);
  };

  it.each(["llama", "qwen2", "olmo2"])("f32 there and back is the same: %s", async (family) => {
    const folder = fixturePath(`models/${family}/causal`);
    const [file, back] = [at(`${family}.gguf`), at(family)];
    await json("convert", folder, file);
    await json("convert", file, back);
    await same(folder, back);
  });

  it("bf16 there and back is the same, from a safetensors file too; the tokenizer goes along", async () => {
    const nano = `${root}models/helium-nano`;
    const files = [at("nano.gguf"), at("nano-2.gguf")] as const;
    const folders = [at("nano-as-llama"), at("nano-as-llama-2")] as const;
    expect((await helium(["convert", join(nano, "model.safetensors"), files[0]])).out).toMatch(
      /nano\.gguf: 57 tensors \(44 bf16, 13 f32\) · 15\.9 MB → 16\.\d MB · /,
    );
    await json("convert", files[0], folders[0]);
    // GGUF has no architecture of Helium's own: as llama, whose checkpoints keep q and k in another order.
    await json("convert", folders[0], files[1]);
    await json("convert", files[1], folders[1]);
    await same(folders[0], folders[1]);
    const { prompt, text } = greedy[0]!;
    for (const model of [files[0], folders[0]]) {
      const result = await json<{ text: string }>("generate", prompt, "--model", model, "--max-new-tokens", "32");
      expect(result.text).toBe(text);
    }
    expect(readdirSync(folders[0]).sort()).toEqual(["config.json", "model.safetensors", "tokenizer.json"]);
    expect(readFileSync(join(folders[0], "tokenizer.json"), "utf8")).toBe(
      readFileSync(`${nano}/tokenizer.json`, "utf8"),
    );
    const config = JSON.parse(readFileSync(join(folders[0], "config.json"), "utf8")) as Record<string, unknown>;
    expect(config).toMatchObject({ model_type: "llama", architectures: ["LlamaForCausalLM"], dtype: "bfloat16" });
  });

  it("makes blocks dense, in the dtype asked for", async () => {
    const file = fixturePath("quant/llama-q4_0.gguf");
    for (const [dtype, folder] of [
      ["auto", at("dense-f32")],
      ["bf16", at("dense-bf16")],
    ] as const) {
      await json("convert", file, folder, "--dtype", dtype);
      const reader = await openSafetensors(folder);
      expect(reader.info("model.embed_tokens.weight").dtype).toBe(dtype === "auto" ? "f32" : dtype);
      await reader.close();
    }
    const ids = [1, 5, 9, 33];
    const [blocks, dense] = [await lastLogits(file, ids), await lastLogits(at("dense-f32"), ids)];
    for (const [i, logit] of dense.entries()) expect(Math.abs(logit - blocks[i]!)).toBeLessThan(1e-4);
  });

  it("writes into no folder that holds something, and removes what it began", async () => {
    const folder = at("occupied");
    mkdirSync(folder);
    const argv = ["convert", fixturePath("quant/llama-f32.gguf"), folder];
    expect(await helium(argv)).toMatchObject({ code: 0 });
    const again = await helium(argv);
    expect(again.code).toBe(1);
    expect(again.err).toMatch(/occupied: exists already; give another name, or --force to write into it\n$/);
    expect(await helium([...argv, "--force"])).toMatchObject({ code: 0 });
    const cut = at("cut.gguf");
    const bytes = readFileSync(fixturePath("quant/llama-f32.gguf"));
    writeFileSync(cut, bytes.subarray(0, bytes.length - 5000));
    const failed = await helium(["convert", cut, at("never")]);
    expect(failed.code).toBe(1);
    expect(existsSync(at("never"))).toBe(false);
    await expect(modelFiles(at("never"))).rejects.toThrow(/is no folder/);
  });
});

describe("a wrong command line", () => {
  const writable = quantFormatNames.filter((name) => !/^(?:q[23]_K|iq4_.*)$/.test(name)).join(", ");
  it.each<[readonly string[], string | RegExp]>([
    [["quantize", "helium-nano", "x.gguf"], `helium quantize: needs --format; expected one of ${writable}\n`],
    [
      ["quantize", "helium-nano", "x.gguf", "--format", "q9_0"],
      `helium quantize: --format is "q9_0"; expected one of ${writable}\n`,
    ],
    [["quantize", "helium-nano", "x.gguf", "--format", "q2_K"], /--format is "q2_K"; expected one of q8_0/],
    [
      ["quantize", "helium-nano", "x.gguf", "--format", "q4_0", "--embedding-format", "int8"],
      /--embedding-format is "int8"; expected one of q8_0, .*, bf16, f16, f32/,
    ],
    [["quantize", "helium-nano", "x.bin", "--format", "q4_0"], /"x\.bin" is not named \.gguf/],
    [["quantize", "helium-nano", "--format", "q4_0"], /takes a model and the file to write, given 1 operands/],
    [["quantize", "x.gguf", "y.gguf", "--model", "a", "--format", "q4_0"], /as operand, not by --model/],
    [["convert", "a"], /takes a model and what to write, given 1/],
    [["convert", "a.gguf", "b.gguf"], /both names are of GGUF files; helium quantize/],
    [["convert", "a", "b"], /neither name is of a GGUF file/],
    [["convert", "a.gguf", "b.safetensors"], /name the folder to write/],
    [["convert", "a", "b.gguf", "--dtype", "q4_0"], /--dtype is "q4_0"; expected one of auto, f32, f16, bf16\n/],
    [
      ["generate", "--dtype", "q9"],
      `helium generate: --dtype is "q9"; expected one of auto, f32, f16, bf16, ${writable}\n`,
    ],
    [["classify", "--dtype", "q9", "a"], /--dtype is "q9"/],
    [["tag", "--dtype", "q9", "a"], /--dtype is "q9"/],
  ])("%j", async (argv, message) => {
    const { code, out, err } = await helium(argv);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    if (typeof message === "string") expect(err).toBe(message);
    else expect(err).toMatch(message);
    expect(err).toMatch(/^[^\n]+\n$/);
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
