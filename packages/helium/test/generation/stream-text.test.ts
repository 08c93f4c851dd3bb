import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createBackend, DisposedError, type Backend } from "@helium-lm/tensor";
import {
  AutoModelForCausalLM,
  AutoTokenizer,
  GenerationError,
  type ModelForCausalLM,
  type StreamTextOptions,
  type Tokenizer,
} from "@helium-lm/helium";
import { bundleForNode } from "../../../../testing/bundle-for-node.ts";
import { root } from "../../../../testing/repository.ts";

const nano = `${root}models/helium-nano`;
/** What transformers wrote. */
const { greedy } = JSON.parse(readFileSync(`${nano}/expected.json`, "utf8")) as {
  readonly greedy: readonly { readonly prompt: string; readonly text: string }[];
};

let backend: Backend;
let model: ModelForCausalLM;
let tokenizer: Tokenizer;
let handles: number;
beforeAll(async () => {
  backend = await createBackend("cpu");
  model = await AutoModelForCausalLM.fromPretrained(nano, { backend });
  tokenizer = await AutoTokenizer.fromPretrained(nano);
  handles = backend.memory().handles;
});
afterAll(() => {
  model.dispose();
  expect(backend.memory().handles).toBe(0);
});

async function piecesOf(stream: AsyncIterable<string>): Promise<string[]> {
  const pieces: string[] = [];
  for await (const piece of stream) pieces.push(piece);
  return pieces;
}

describe("streamText", () => {
  it.each(greedy.slice(0, 3))("$prompt: prompt and pieces are the text of transformers", async ({ prompt, text }) => {
    const pieces = await piecesOf(model.streamText(prompt, { tokenizer, maxNewTokens: 32, doSample: false }));
    expect(prompt + pieces.join("")).toBe(text);
    expect(pieces.length).toBeGreaterThan(5);
    for (const piece of pieces) expect(piece).not.toBe("");
    expect(backend.memory().handles).toBe(handles);
  });

  it("starts from bos with an empty prompt, and without special tokens that the prompt holds already", async () => {
    const [first, second] = await Promise.all([
      piecesOf(model.streamText("", { tokenizer, maxNewTokens: 4 })),
      piecesOf(model.streamText("<s>", { tokenizer, maxNewTokens: 4, addSpecialTokens: false })),
    ]);
    expect(first.join("")).toBe(second.join(""));
    expect(first.join("")).not.toBe("");
  });

  it("stops when the loop is left, and when the signal is aborted", async () => {
    for await (const piece of model.streamText("Wo ist", { tokenizer })) {
      expect(piece).not.toBe("");
      break;
    }
    expect(backend.memory().handles).toBe(handles);
    const controller = new AbortController();
    const reading = (async () => {
      for await (const _ of model.streamText("Wo ist", { tokenizer, signal: controller.signal }))
        controller.abort(new Error("enough"));
    })();
    await expect(reading).rejects.toThrow("enough");
    expect(backend.memory().handles).toBe(handles);
  });

  it.each<[string, string, object, RegExp]>([
    ["no tokenizer", "a", {}, /^tokenizer: is missing; pass the model's, from AutoTokenizer/],
    ["no options", "a", null as never, /^tokenizer: is missing/],
    ["ids for a text", [[1]] as never, {}, /^prompt: is \[a list\]; expected a string; for token ids use stream\(\)/],
    ["ids beside the text", "a", { inputIds: [[1]] }, /^inputIds: is not an option of streamText/],
    ["several rows", "a", { numReturnSequences: 2 }, /^numReturnSequences: is not an option of streamText/],
    ["beams", "a", { numBeams: 2 }, /^numBeams: is 2, but beams cannot be streamed/],
    ["a wrong name", "a", { max_new_tokens: 2 }, /^max_new_tokens: .*did you mean maxNewTokens\?/],
  ])("refuses %s", async (what, prompt, options, message) => {
    const given = options === null || what === "no tokenizer" ? options : { tokenizer, ...options };
    const attempt = model.streamText(prompt, given as StreamTextOptions).next();
    await expect(attempt).rejects.toBeInstanceOf(GenerationError);
    await expect(attempt).rejects.toThrow(message);
    expect(backend.memory().handles).toBe(handles);
  });

  it("after dispose() names the model", async () => {
    const gone = await AutoModelForCausalLM.fromPretrained(nano, { backend });
    gone.dispose();
    const attempt = gone.streamText("a", { tokenizer }).next();
    await expect(attempt).rejects.toBeInstanceOf(DisposedError);
    await expect(attempt).rejects.toThrow(/^streamText: the model was disposed/);
  });

  it("has an example in its docstring that runs", async () => {
    const source = readFileSync(`${root}packages/helium/src/heads/causal-lm.ts`, "utf8");
    const [, lines = ""] = /@example\n((?:   \* .*\n)+)   \*\/\n {2}async \*streamText/.exec(source) ?? [];
    const example = lines.replaceAll(/^ {3}\* /gm, "");
    expect(example).toContain("model.streamText");
    const cache = `${root}packages/helium/.cache/test`;
    mkdirSync(cache, { recursive: true });
    // A folder of its own: what lay there for a day may be removed at any time.
    const folder = mkdtempSync(`${cache}/stream-text-`);
    const setUp = `
      import { AutoModelForCausalLM, AutoTokenizer } from "@helium-lm/helium";
      const tokenizer = await AutoTokenizer.fromPretrained(${JSON.stringify(nano)});
      const model = await AutoModelForCausalLM.fromPretrained(${JSON.stringify(nano)}, { backend: "cpu" });
    `;
    writeFileSync(`${folder}/stream-text.ts`, `${setUp}${example}\nmodel.dispose();\n`);
    const program = await bundleForNode(`${folder}/stream-text.ts`, "esm");
    const { status, stdout, stderr } = spawnSync(process.execPath, [program], { encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout.length).toBeGreaterThan(40);
  });
});
