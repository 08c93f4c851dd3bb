import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quantFormatNames } from "@helium-lm/tensor/quant";
import { openSafetensors } from "@helium-lm/nn/io/node";
import { modelSource } from "@helium-lm/helium";
import { afterAll, describe, expect, it } from "vitest";
import { root } from "../../../testing/repository.ts";
import { greedy, helium, json, lastLogits } from "./run-helium.ts";
import { fixturePath } from "../../../testing/fixtures.ts";

const scratch = mkdtempSync(join(tmpdir(), "helium-cli-gguf-"));
afterAll(() => rmSync(scratch, { recursive: true }));
const at = (name: string): string => join(scratch, name);

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
    expect(readdirSync(folders[0]).sort()).toEqual([
      "config.json",
      "model.safetensors",
      "tokenizer.json",
      "tokenizer_config.json",
    ]);
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
    expect(again.err).toMatch(/occupied: already exists; give another name, or use --force to write into it\n$/);
    expect(await helium([...argv, "--force"])).toMatchObject({ code: 0 });
    const cut = at("cut.gguf");
    const bytes = readFileSync(fixturePath("quant/llama-f32.gguf"));
    writeFileSync(cut, bytes.subarray(0, bytes.length - 5000));
    const failed = await helium(["convert", cut, at("never/ever")]);
    expect(failed.code).toBe(1);
    expect(existsSync(at("never"))).toBe(false);
    await expect(modelSource(at("never"))).rejects.toThrow(/is not a folder/);
  });

  it("takes a folder that holds only a GGUF file", async () => {
    mkdirSync(at("only-gguf"));
    writeFileSync(at("only-gguf/llama-Q4_0.gguf"), readFileSync(fixturePath("quant/llama-q4_0.gguf")));
    await json("convert", at("only-gguf"), at("from-folder"));
    const [file, folder] = [fixturePath("quant/llama-q4_0.gguf"), at("from-folder")];
    await json("convert", file, at("from-file"));
    await same(at("from-file"), folder);
    expect(await lastLogits(at("only-gguf"), [1, 5, 9])).toEqual(await lastLogits(file, [1, 5, 9]));
    const summary = await json<{ storedAs: { dtype: string }[] }>("inspect", at("only-gguf"));
    expect(summary.storedAs.map(({ dtype }) => dtype)).toContain("q4_0");
  });

  it("names a folder that cannot be created", async () => {
    writeFileSync(at("a-file"), "");
    const { code, err } = await helium(["convert", fixturePath("quant/llama-f32.gguf"), at("a-file/model")]);
    expect(code).toBe(1);
    expect(err).toMatch(/a-file\/model: cannot be created \(.*\); give another name\n$/);
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
    [["quantize", "helium-nano", "x.bin", "--format", "q4_0"], /"x\.bin" does not end in \.gguf/],
    [["quantize", "helium-nano", "--format", "q4_0"], /needs two arguments, the model and the file to write; given: 1/],
    [
      ["quantize", "x.gguf", "y.gguf", "--model", "a", "--format", "q4_0"],
      /takes the model as an argument, not with --model/,
    ],
    [["convert", "a"], /needs two arguments, the model and the file or folder to write; given: 1/],
    [["convert", "a.gguf", "b.gguf"], /the model is a GGUF file already; helium quantize/],
    [
      ["convert", "helium-nano", "b"],
      /the model is not a GGUF file, and neither is the output; name the output <name>\.gguf/,
    ],
    [["convert", "a.gguf", "b.safetensors"], /looks like a file name; give the folder to write/],
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
