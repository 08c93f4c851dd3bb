import { run } from "../src/index.ts";
import { describe, expect, it } from "vitest";
import { capturedIo } from "./captured-io.ts";

describe("a wrong command line", () => {
  it.each<[readonly string[], RegExp]>([
    [["sing"], /^helium: unknown command "sing"; expected generate, chat, .*classify, .*tag, .*, or --help/],
    [["toString"], /unknown command "toString"/],
    [["--json", "generate"], /unknown command "--json"/],
    [
      ["generate", "--bogus"],
      /^helium generate: unknown option '--bogus'; did you mean --[\w-]+\? See helium generate --help, or put --/,
    ],
    [["generate", "-x"], /unknown option '-x'/],
    [["classify", "--temperature", "1", "text"], /^helium classify: unknown option '--temperature'/],
    [["generate", "--json=yes"], /option '--json' does not take an argument/],
    [["generate", "--max-new-tokens"], /option '--max-new-tokens <value>' argument missing/],
    [["generate", "--max-new-tokens", "--json"], /option '--max-new-tokens' argument is ambiguous/],
    [["generate", "--max-new-tokens", "0"], /--max-new-tokens is "0"; expected a whole number from 1 /],
    [["generate", "--max-new-tokens", "1e3"], /--max-new-tokens is "1e3"/],
    [["generate", "--max-new-tokens", "99999999999"], /--max-new-tokens is "99999999999"/],
    [["generate", "--temperature", "NaN"], /--temperature is "NaN"; expected a number ≥ 0/],
    [["generate", "--temperature=-1"], /--temperature is "-1"/],
    [["generate", "--temperature", "warm"], /--temperature is "warm"/],
    [["generate", "--temperature", ""], /--temperature is ""/],
    [["generate", "--top-p", "1.5"], /--top-p is "1.5"; expected a number from 0 to 1/],
    [["generate", "--top-k", "-3"], /--top-k is "-3"; expected a whole number from 0 to 4294967295/],
    [["generate", "--seed", "-1"], /^helium generate: --seed is "-1"; expected a whole number from 0 to 4294967295/],
    [["generate", "--temperature", "-.5"], /--temperature is "-.5"; expected a number ≥ 0/],
    [["generate", "--draft", "-x"], /argument is ambiguous; .*it needs a value, .* is written --draft=-…/],
    [
      ["generate", "--temprature", "1"],
      /unknown option '--temprature'; did you mean --temperature\? See helium generate --help, or put -- before/,
    ],
    [["generate", "--max_new_tokens", "1"], /did you mean --max-new-tokens\?/],
    [["generat"], /unknown command "generat"; expected generate, .*, or --help; did you mean generate\?/],
    [["list"], /unknown command "list"; .*; did you mean /],
    [["generate", "--seed", "0x10"], /--seed is "0x10"/],
    [["generate", "--backend", "gpu"], /--backend is "gpu"; expected one of auto, reference, cpu/],
    [["generate", "--backend", "gpujs", "a"], /--backend gpujs needs --gpujs-mode; say where/],
    [["inspect", "--backend", "cpu", "--codegen", "wide"], /--codegen is for --backend wasm, not cpu; leave one out/],
    [["inspect", "--codegen", "wider"], /--codegen is "wider"; expected one of auto, wide, plain/],
    [["inspect", "--gpujs-mode", "cpu"], /--gpujs-mode is for --backend gpujs, not auto; leave one out/],
    [["generate", "--dtype", "q3"], /--dtype is "q3"; expected one of auto, f32, f16, bf16/],
    [["generate", "--model", ""], /--model is ""/],
    [["generate", "--greedy", "--seed", "1", "a"], /--greedy does not sample; leave it out, or leave out --sample/],
    [["generate", "Um", "das", "System"], /takes one prompt, but 3 were given; put it in quotes/],
    [["pull"], /^helium pull: takes one model as <org>\/<name>, but 0 were given/],
    [["pull", "./folder"], /^helium pull: ".\/folder" is not a model on the hub; expected <org>\/<name>/],
    [["models", "x"], /^helium models: does not take arguments/],
    [["rm", "acme/tiny:x.gguf"], /^helium rm: removes whole revisions; leave out the file/],
    [["classify"], /needs a text; give it in quotes, or pipe lines in/],
    [["tag"], /^helium tag: needs a text/],
    [["classify", "a", " "], /text 2 is empty/],
    [["classify", "--top", "0", "a"], /--top is "0"/],
    [["inspect", "a", "b"], /takes one model, but 2 were given/],
    [["inspect", "a", "--model", "b"], /as an argument or with --model, not both/],
  ])("%j", async (argv, message) => {
    const io = capturedIo();
    expect(await run(argv, io)).toBe(2);
    expect(io.err()).toMatch(message);
    expect(io.err()).toMatch(/^[^\n]+\n$/);
    expect(io.out()).toBe("");
  });
});

describe("a model that cannot be used", () => {
  it.each<[readonly string[], RegExp]>([
    [["generate", "--model", "no/such/folder", "a"], /^no\/such\/folder: /],
    [["inspect", "no/such/folder"], /^no\/such\/folder: is not a folder/],
    [["classify", "--model", "helium-nano", "a"], /^score\.weight: is missing/],
    [["tag", "--model", "helium-nano-langid", "a"], /^score\.bias: is missing/],
    [
      ["generate", "--model", "helium-nano", "word ".repeat(1100)],
      /^prompt: has 1,\d{3} tokens, but the model's context is 1,024/,
    ],
  ])("%j", async (argv, message) => {
    const io = capturedIo();
    expect(await run(argv, io)).toBe(1);
    expect(io.err()).toMatch(message);
    expect(io.err()).toMatch(/^[^\n]+\n$/);
    expect(io.out()).toBe("");
  });
});

describe("an error with --json is JSON", () => {
  it.each<[readonly string[], number, object]>([
    [
      ["generate", "--json", "--seed", "-1"],
      2,
      { name: "UsageError", subject: "helium generate", details: { given: "-1" } },
    ],
    [["sing", "--json"], 2, { name: "UsageError", subject: "helium", details: { given: "sing" } }],
    [["inspect", "--json", "--model", "nowhere/at all"], 1, { name: "ModelLoadError", subject: "nowhere/at all" }],
  ])("%j", async (argv, code, expected) => {
    const io = capturedIo();
    expect(await run(argv, io)).toBe(code);
    expect(io.out()).toBe("");
    expect(io.err()).toMatch(/^\{.*\}\n$/);
    const { error } = JSON.parse(io.err()) as { readonly error: { readonly message: string } };
    expect(error).toMatchObject(expected);
    expect(error.message).toMatch(/^(helium|nowhere)/);
  });

  it("but not where --json is text", async () => {
    const io = capturedIo();
    expect(await run(["generate", "--seed", "x", "--", "--json"], io)).toBe(2);
    expect(io.err()).toMatch(/^helium generate: --seed is "x"/);
  });
});

describe("a model of another kind", () => {
  const model = (name: string): string => new URL(`../../../models/${name}`, import.meta.url).pathname;

  it.each([
    ["generate", "helium-nano-langid", "a sequence classifier", "classify"],
    ["generate", "helium-nano-codeswitch", "a token classifier", "tag"],
    ["classify", "helium-nano", "a causal language model", "generate"],
    ["tag", "helium-nano-langid", "a sequence classifier", "classify"],
  ])("given to %s, %s is called %s with the command for it", async (command, name, kind, other) => {
    const io = capturedIo();
    expect(await run([command, "--model", model(name), "Hello"], io)).toBe(1);
    expect(io.err()).toContain(`is missing: ${model(name)} is ${kind}, which this command does not support; `);
    expect(io.err()).toContain(`use helium ${other} --model ${model(name)}`);
    expect(io.out()).toBe("");
  });
});

describe("the help", () => {
  const names = "generate chat classify tag serve inspect quantize convert parity pull models rm".split(" ");

  it.each([[["--help"]], ...names.map((name) => [[name, "--help"]])])("%j fits 80 columns", async (argv) => {
    const io = capturedIo();
    expect(await run(argv, io)).toBe(0);
    const lines = io.out().split("\n");
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.filter((line) => line !== line.trimEnd())).toEqual([]);
  });

  it.each([
    ["models", "--threads", "2"],
    ["models", "--model", "x"],
    ["rm", "--backend", "cpu", "a/b"],
    ["pull", "--codegen", "wide", "a/b"],
    ["convert", "--threads", "1", "a", "b"],
    ["quantize", "--backend", "cpu", "a", "b.gguf", "--format", "q8_0"],
  ])("what it leaves out is refused: %s %s", async (...argv) => {
    const io = capturedIo();
    expect(await run(argv, io)).toBe(2);
    expect(io.err()).toMatch(/^helium \w+: does not take /);
  });
});

describe("a text that is too short for the language to be known", () => {
  it.each([["hello"], ["hello world"]])("%s is called uncertain", async (text) => {
    for (const json of [[], ["--json"]]) {
      const io = capturedIo();
      expect(await run(["classify", ...json, text], io)).toBe(0);
      expect(io.err()).toMatch(new RegExp(`^uncertain: "${text}" is shorter than the 3 words`));
      expect(io.out()).not.toContain("uncertain");
    }
  });

  it("three words are enough", async () => {
    const io = capturedIo();
    expect(await run(["classify", "Wo ist er?"], io)).toBe(0);
    expect(io.err()).toBe("");
  });
});

it("takes other tools' names of dtypes", async () => {
  const io = capturedIo();
  expect(await run(["classify", "--dtype", "fp16", "--kv-dtype", "float32", "Wo ist der Bahnhof?"], io)).toBe(0);
  expect(io.out()).toMatch(/^de /);
});
