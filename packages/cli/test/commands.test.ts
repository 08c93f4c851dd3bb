import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../src/index.ts";
import { afterAll, describe, expect, it } from "vitest";
import { root } from "../../../testing/repository.ts";
import { capturedIo, type IoSetup } from "./captured-io.ts";

const expected = <T>(model: string): T => JSON.parse(readFileSync(`${root}models/${model}/expected.json`, "utf8")) as T;

/** What a command that succeeds writes. */
async function succeed(argv: readonly string[], setup: IoSetup = {}): Promise<{ out: string; err: string }> {
  const io = capturedIo(setup);
  const code = await run(argv, io);
  expect(io.err().startsWith("Error"), io.err()).toBe(false);
  expect(code, io.err()).toBe(0);
  return { out: io.out(), err: io.err() };
}

const jsonLines = <T>(text: string): T[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as T);

const scratch = mkdtempSync(join(tmpdir(), "helium-cli-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** A copy of helium-nano with other values in its config, and a generation config. */
function variant(config: object, generationConfig?: object): string {
  const folder = mkdtempSync(join(scratch, "variant-"));
  cpSync(`${root}models/helium-nano`, folder, { recursive: true });
  const original = JSON.parse(readFileSync(join(folder, "config.json"), "utf8")) as object;
  writeFileSync(join(folder, "config.json"), JSON.stringify({ ...original, ...config }));
  if (generationConfig) writeFileSync(join(folder, "generation_config.json"), JSON.stringify(generationConfig));
  return folder;
}

interface Generated {
  readonly prompt: string;
  readonly text: string;
  readonly completion: string;
  readonly inputIds: number[];
  readonly tokens: number[];
  readonly finishReason: string;
  readonly seconds: number;
  readonly tokensPerSecond: { readonly prefill: number | null; readonly decode: number | null };
  readonly seed: number | null;
  readonly backend: string;
  readonly model: string;
}

const generateJson = async (...argv: string[]): Promise<Generated> => {
  const { out, err } = await succeed(["generate", "--json", ...argv]);
  expect(err).toBe("");
  const [result, ...rest] = jsonLines<Generated>(out);
  expect(rest).toEqual([]);
  return result!;
};

describe("generate", () => {
  const { greedy } = expected<{
    readonly greedy: readonly { prompt: string; input_ids: number[]; sequence: number[]; text: string }[];
  }>("helium-nano");
  const german = greedy[1]!;

  it("continues in German, as transformers does, with the speed on stderr", async () => {
    const { out, err } = await succeed(["generate", "--max-new-tokens", "32", "Um das System zu installieren,"]);
    expect(out).toBe(`${german.text}\n`);
    expect(err).toMatch(
      /^32 tokens in [\d.]+ s · prefill [\d.,]+ tokens\/s · decode [\d.,]+ tokens\/s · backend wasm\n$/,
    );
  });

  it.each(greedy)("writes the ids of expected.json: $prompt", async ({ prompt, input_ids, sequence, text }) => {
    const result = await generateJson("--max-new-tokens", "32", prompt);
    expect(result).toMatchObject({ prompt, text, inputIds: input_ids, finishReason: "length", seed: null });
    expect([...result.inputIds, ...result.tokens]).toEqual(sequence);
    expect(text.endsWith(result.completion)).toBe(true);
    expect(result.backend).toBe("wasm");
    expect(result.tokensPerSecond.prefill).toBeGreaterThan(0);
    expect(result.tokensPerSecond.decode).toBeGreaterThan(0);
  });

  it("goes on by default beyond them", async () => {
    const { text, tokens } = await generateJson(german.prompt);
    expect(text.startsWith(german.text)).toBe(true);
    expect(tokens).toHaveLength(64);
  });

  it("takes the prompt from a pipe, without the newline of echo", async () => {
    const stdin = ["Um das Sys", new TextEncoder().encode("tem zu installieren,\n")];
    const { out } = await succeed(["generate", "--max-new-tokens", "32"], { stdin });
    expect(out).toBe(`${german.text}\n`);
  });

  it("starts from the beginning-of-text token without a prompt", async () => {
    for (const stdin of [undefined, []]) {
      const { out } = await succeed(["generate", "--json", "--max-new-tokens", "4"], stdin ? { stdin } : {});
      const [result] = jsonLines<Generated>(out);
      expect(result).toMatchObject({ prompt: "", inputIds: [1] });
      expect(result!.tokens).toHaveLength(4);
    }
  });

  it("runs on the backend and in the dtype asked for", async () => {
    const result = await generateJson(
      "--backend",
      "reference",
      "--dtype",
      "f32",
      "--max-new-tokens",
      "3",
      german.prompt,
    );
    expect(result.backend).toBe("reference");
    expect(result.tokens).toEqual(german.sequence.slice(german.input_ids.length, german.input_ids.length + 3));
  });

  it("samples for any option of sampling, the same with the same seed, and reports the seed", async () => {
    const argv = ["--max-new-tokens", "12", "Pour installer"];
    const first = await generateJson("--seed", "7", ...argv);
    const again = await generateJson("--seed", "7", "--sample", ...argv);
    expect(again.tokens).toEqual(first.tokens);
    expect(first.seed).toBe(7);
    const drawn = await generateJson("--temperature", "1.5", ...argv);
    const redrawn = await generateJson("--temperature", "1.5", "--seed", `${drawn.seed}`, ...argv);
    expect(redrawn.tokens).toEqual(drawn.tokens);
    const { err } = await succeed(["generate", "--seed", "7", ...argv]);
    expect(err).toContain(" · seed 7\n");
  });

  it.each([
    ["--greedy", "0"],
    ["--temperature", "0"],
    ["--top-k", "1"],
  ])("is greedy for %s %s", async (option, value) => {
    const argv = option === "--greedy" ? [option] : [option, value];
    const { tokens } = await generateJson(...argv, "--max-new-tokens", "8", german.prompt);
    expect(tokens).toEqual(german.sequence.slice(german.input_ids.length, german.input_ids.length + 8));
  });

  it("ends at an end-of-text token unless told to ignore it", async () => {
    const end = german.sequence.length - 28;
    const folder = variant({}, { eos_token_id: german.sequence[end] });
    const upToEnd = await generateJson("--model", folder, german.prompt);
    expect(upToEnd).toMatchObject({ finishReason: "eos", model: folder });
    expect([...upToEnd.inputIds, ...upToEnd.tokens]).toEqual(german.sequence.slice(0, end + 1));
    const beyond = await generateJson("--model", folder, "--ignore-eos", "--max-new-tokens", "10", german.prompt);
    expect(beyond.finishReason).toBe("length");
    expect(beyond.tokens).toHaveLength(10);
  });

  it("says with --stats how its passes were computed", async () => {
    const argv = ["generate", "--backend", "wasm", "--max-new-tokens", "12", "--stats", german.prompt];
    const { err } = await succeed(argv);
    expect(err).toMatch(
      /\nbehind the first token: \d+ of 11 passes replayed · [\d.]+ s in kernels, [\d.]+ s outside \([\d.]+ %\)\n$/,
    );
    const { out } = await succeed([...argv, "--json"]);
    const [{ stats }] = jsonLines<{ stats: Record<string, number> }>(out) as [{ stats: Record<string, number> }];
    expect(stats).toMatchObject({ passes: 11, replayReason: null });
    expect(stats["replayed"]).toBeGreaterThan(6);
    expect(stats["kernelSeconds"]).toBeGreaterThan(0);
    const onCpu = await succeed(["generate", "--backend", "cpu", "--max-new-tokens", "3", "--stats", german.prompt]);
    expect(onCpu.err).toContain("0 of 2 passes replayed · the last was not: the cpu backend has no recorder");
    expect(onCpu.err).not.toContain("in kernels");
  });

  it("writes the same text with a draft model and lookup, and counts what they tried", async () => {
    const argv = ["generate", "--backend", "wasm", "--max-new-tokens", "24", german.prompt];
    const plain = await succeed(argv);
    const fast = await succeed([...argv, "--draft", "helium-nano", "--lookup", "3", "--stats"]);
    expect(fast.out).toBe(plain.out);
    expect(fast.err).toMatch(/ · \d+ of \d+ tokens tried ahead were right/);
    const { out } = await succeed(["chat", "--draft", "helium-nano", "--max-new-tokens", "8"], { stdin: ["Das\n"] });
    expect(out).toBe((await succeed(["chat", "--max-new-tokens", "8"], { stdin: ["Das\n"] })).out);
  });

  it("refuses a draft model with another vocabulary, with the difference", async () => {
    const folder = variant({});
    const path = join(folder, "tokenizer.json");
    const tokenizer = JSON.parse(readFileSync(path, "utf8")) as { model: { vocab: [string, number][] } };
    const [token] = tokenizer.model.vocab[900]!;
    tokenizer.model.vocab[900] = ["another", -9];
    writeFileSync(path, JSON.stringify(tokenizer));
    const io = capturedIo();
    expect(await run(["generate", "--draft", folder, german.prompt], io)).toBe(2);
    expect(io.err()).toContain(
      `has another vocabulary: ${JSON.stringify(token)} is no token there and 900 in the model's`,
    );
  });

  it("ends with the model's context, and says so", async () => {
    const folder = variant({ max_position_embeddings: german.input_ids.length + 3 });
    const { tokens, finishReason } = await generateJson("--model", folder, german.prompt);
    expect({ new: tokens.length, finishReason }).toEqual({ new: 3, finishReason: "context" });
    const { err } = await succeed(["generate", "--model", folder, german.prompt]);
    expect(err).toContain("stopped at the end of the model's context");
  });

  it("samples by itself where the model's settings say so", async () => {
    const folder = variant({}, { do_sample: true, temperature: 2 });
    const { seed } = await generateJson("--model", folder, "--max-new-tokens", "1", german.prompt);
    expect(seed).toEqual(expect.any(Number));
    const greedily = await generateJson("--model", folder, "--greedy", "--max-new-tokens", "8", german.prompt);
    expect(greedily.seed).toBeNull();
    expect(german.text.startsWith(greedily.text)).toBe(true);
  });

  it("marks the prompt on a terminal, not with NO_COLOR", async () => {
    const argv = ["generate", "--max-new-tokens", "2", german.prompt];
    const { out } = await succeed(argv, { isTTY: true });
    expect(out.startsWith(`\u001b[1m${german.prompt}\u001b[0m w`)).toBe(true);
    for (const env of [{ NO_COLOR: "1" }, { TERM: "dumb" }] as Record<string, string>[])
      expect((await succeed(argv, { isTTY: true, env })).out).not.toContain("\u001b");
  });

  it("stops at the signal: exit code 130, the text so far, a closed line", async () => {
    const controller = new AbortController();
    const io = capturedIo({
      signal: controller.signal,
      onWrite: (text) => {
        if (text.includes("wählen")) controller.abort();
      },
    });
    expect(await run(["generate", "--max-new-tokens", "500", german.prompt], io)).toBe(130);
    expect(io.out()).toMatch(/^Um das System zu installieren, wählen.{0,40}\n$/);
    expect(io.err()).toBe("");
  });
});

interface Classified {
  readonly text: string;
  readonly label: string;
  readonly score: number;
  readonly scores: readonly { readonly label: string; readonly score: number }[];
}

describe("classify", () => {
  const { rows, accuracy } = expected<{
    readonly accuracy: number;
    readonly rows: readonly { text: string; label: string; prediction: string; logits: number[] }[];
  }>("helium-nano-langid");
  const names = ["en", "fr", "de", "it", "pt", "es"];

  it("agrees with transformers on all 240 lines, 97.1 % of them right", async () => {
    const stdin = [rows.map(({ text }) => `${text}\n`).join("")];
    const { out, err } = await succeed(["classify", "--json"], { stdin });
    expect(err).toBe("");
    const results = jsonLines<Classified>(out);
    expect(results.map(({ text, label }) => ({ text, prediction: label }))).toEqual(
      rows.map(({ text, prediction }) => ({ text, prediction })),
    );
    const right = results.filter(({ label }, row) => label === rows[row]!.label).length / rows.length;
    expect(right).toBe(accuracy);
    expect((right * 100).toFixed(1)).toBe("97.1");
    for (const [row, { scores, score }] of results.entries()) {
      const { logits } = rows[row]!;
      const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
      const probability = (label: string): number => Math.exp(logits[names.indexOf(label)]!) / total;
      for (const entry of scores) expect(Math.abs(entry.score - probability(entry.label))).toBeLessThan(2e-3);
      expect(scores.map((entry) => entry.score)).toEqual(scores.map((entry) => entry.score).sort((a, b) => b - a));
      expect(score).toBe(scores[0]!.score);
      expect(scores.reduce((sum, entry) => sum + entry.score, 0)).toBeCloseTo(1, 9);
    }
  });

  it("gives a text alone the same scores as among others", async () => {
    const texts = [rows[0]!.text, rows[100]!.text, rows[239]!.text];
    const together = jsonLines<Classified>((await succeed(["classify", "--json", ...texts])).out);
    for (const [index, text] of texts.entries()) {
      const [alone] = jsonLines<Classified>((await succeed(["classify", "--json", text])).out);
      expect(alone).toEqual(together[index]);
    }
  });

  it("lists the likeliest classes of one text", async () => {
    const { out } = await succeed(["classify", "Wo ist der Bahnhof?"]);
    expect(out).toMatch(/^de [ \d]{3}\.\d %\n([a-z]{2} [ \d]{3}\.\d %\n){4}$/);
    expect((await succeed(["classify", "--top", "1", "Wo ist der Bahnhof?"])).out).toMatch(/^de .*\n$/);
    const { out: coloured } = await succeed(["classify", "Wo ist der Bahnhof?"], { isTTY: true });
    expect(coloured).toMatch(/^\u001b\[\d\dmde\u001b\[0m /);
  });

  it("gives several texts a line each, and skips blank lines", async () => {
    const line = /^([a-z]{2}) [ \d]{3}\.\d %\t(.*)$/;
    const texts = ["Wo ist der Bahnhof?", "¿Dónde está la estación de tren?"];
    const piped = await succeed(["classify"], {
      stdin: ["\r\n", `${texts[0]!.slice(0, 5)}`, `${texts[0]!.slice(5)}\r\n \n${texts[1]}`],
    });
    const given = await succeed(["classify", ...texts]);
    expect(piped.out).toBe(given.out);
    const lines = given.out.trimEnd().split("\n");
    expect(lines.map((text) => line.exec(text)?.slice(1))).toEqual([
      ["de", texts[0]],
      ["es", texts[1]],
    ]);
    expect((await succeed(["classify", "--top", "2", ...texts])).out).toMatch(/^de .{7}  [a-z]{2} .{7}\tWo/);
  });

  it("shows no control characters of a text", async () => {
    const { out } = await succeed(["classify", "red \u001b[31m", "two"]);
    expect(out).toContain("\tred ␛[31m\n");
  });

  it("stops at the signal", async () => {
    const controller = new AbortController();
    const lines = Array.from({ length: 200 }, () => "Wo ist der Bahnhof?\n").join("");
    const io = capturedIo({ stdin: [lines], signal: controller.signal, onWrite: () => controller.abort() });
    expect(await run(["classify"], io)).toBe(130);
    expect(io.out().split("\n").length).toBeLessThan(200);
  });
});

interface Tagged {
  readonly text: string;
  readonly inputIds: number[];
  readonly tokens: string[];
  readonly labels: string[];
  readonly scores: number[];
  readonly spans: readonly { label: string; start: number; end: number; text: string }[];
}

describe("tag", () => {
  const { rows } = expected<{
    readonly rows: readonly { text: string; input_ids: number[]; tokens: string[]; labels: string[] }[];
  }>("helium-nano-codeswitch");

  it("labels every token of every row as transformers does", async () => {
    const { out } = await succeed(["tag", "--json", ...rows.map(({ text }) => text)]);
    const results = jsonLines<Tagged>(out);
    expect(
      results.map(({ text, inputIds, tokens, labels }) => ({ text, input_ids: inputIds, tokens, labels })),
    ).toEqual(rows.map(({ text, input_ids, tokens, labels }) => ({ text, input_ids, tokens, labels })));
    for (const { text, labels, scores, spans } of results) {
      expect(scores).toHaveLength(labels.length);
      for (const score of scores) expect(score > 1 / 6 && score <= 1).toBe(true);
      expect(
        spans
          .map((span) => span.text)
          .join(" ")
          .replace(/ /g, ""),
      ).toBe(text.replace(/ /g, ""));
    }
  });

  it("prints runs of one label, and every token on request", async () => {
    const text = "Click the OK button to save the file. Klicken Sie auf die Schaltfläche, um die Datei zu speichern.";
    const { out } = await succeed(["tag", text]);
    expect(out).toBe(
      "en\tClick the OK button to save the file.\nde\tKlicken Sie auf die Schaltfläche, um die Datei zu speichern.\n",
    );
    const { out: tokens } = await succeed(["tag", "--tokens", text]);
    const lines = tokens.trimEnd().split("\n");
    expect(lines).toHaveLength(21);
    expect(lines[0]).toMatch(/^<s> +it +\d+\.\d %$/);
    expect(lines[13]).toMatch(/^▁Schaltfläche +de +\d+\.\d %$/);
  });

  it("colours labels on a terminal, and parts several texts", async () => {
    const { out } = await succeed(["tag"], { stdin: ["Wo ist das?\n\nDonde está?\n"], isTTY: true });
    expect(out).toMatch(/^(\u001b\[\d\dm[a-z]{2}\u001b\[0m\t\u001b\[\d\dm.*\u001b\[0m\n)+\n\u001b/);
  });
});

describe("inspect", () => {
  it("knows helium-nano by its name, as default and by its folder", async () => {
    for (const argv of [[], ["helium-nano"], ["--model", "helium-nano"], [`${root}models/helium-nano`]]) {
      const { out } = await succeed(["inspect", ...argv]);
      expect(out).toContain("HeliumForCausalLM (causal");
      expect(out).toMatch(/parameters +7,965,952 in 57 tensors\n +file +15\.9 MB\n/);
      expect(out).toMatch(/KV per token +f32 12,288 B, f16 6,144 B, bf16 6,144 B, q8_0 3,264 B\n/);
      expect(out).toMatch(
        /\n {2}model\.layers\.\{0…5\}\.self_attn\.q_proj\.weight +bf16 +\[256, 256\] +131\.1 kB × 6\n/,
      );
      expect(out).toMatch(/\n {2}lm_head\.weight +bf16 +\[6144, 256\] +3\.1 MB\n/);
    }
  });

  it("gives every tensor a line on request", async () => {
    const { out } = await succeed(["inspect", "--all"]);
    expect(out.split("\ntensors\n")[1]!.trimEnd().split("\n")).toHaveLength(57);
  });

  it("prints all as JSON", async () => {
    const { out } = await succeed(["inspect", "helium-nano-langid", "--json"]);
    const [summary] = jsonLines<{
      parameters: number;
      storedBytes: number;
      memory: { weights: Record<string, number>; kvCacheBytesPerToken: Record<string, number> };
      config: Record<string, unknown>;
      architectures: readonly { name: string; head: string }[];
      unknownConfigKeys: string[];
      tensors: readonly { name: string; dtype: string; shape: number[]; storedBytes: number }[];
    }>(out);
    const elements = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
    const { tensors, parameters, memory } = summary!;
    expect(parameters).toBe(tensors.reduce((sum, { shape }) => sum + elements(shape), 0));
    expect(tensors.find(({ name }) => name === "score.weight")).toEqual({
      name: "score.weight",
      dtype: "bf16",
      shape: [6, 128],
      storedBytes: 6 * 128 * 2,
    });
    expect(memory.weights.f32).toBe(parameters * 4);
    const vectors = tensors
      .filter(({ shape }) => shape.length < 2)
      .reduce((sum, { shape }) => sum + elements(shape), 0);
    expect(memory.weights.auto).toBe((parameters - vectors) * 2 + vectors * 4);
    expect(memory.kvCacheBytesPerToken.f32).toBe(2 * 3 * 2 * 64 * 4);
    expect(summary!.config.hidden_size).toBe(128);
    expect(summary!.architectures[0]!.name).toBe("HeliumForSequenceClassification");
    expect(summary!.unknownConfigKeys).toEqual([]);
    const { out: text } = await succeed(["inspect", "helium-nano-langid"]);
    expect(text).toMatch(/labels +en, fr, de, it, pt, es\n/);
  });

  it("says what a backend packs and what it expands", async () => {
    const { out } = await succeed(["inspect", "--backend", "gpujs", "--gpujs-mode", "cpu"]);
    expect(out).toMatch(
      /\nkept on gpujs cpu\n +bf16 +as it is +2\.67 B a weight +21\.2 MB × 44\n +bf16 +expanded to f32 +4\.00 B a weight +13\.3 kB × 13\n/,
    );
    const { out: printed } = await succeed(["inspect", "--backend", "gpujs", "--gpujs-mode", "cpu", "--json"]);
    const [{ kept }] = jsonLines<{ kept: { backend: object; types: object[] } }>(printed) as [
      { kept: { backend: object; types: object[] } },
    ];
    expect(kept.backend).toMatchObject({ backend: "gpujs", mode: "cpu", halves: "packed, three in two floats" });
    expect(kept.types[0]).toMatchObject({ stored: "bf16", kept: "bf16", tensors: 44 });
  });

  it("asks for wide code on wasm unless it is to be plain", async () => {
    const told = async (...options: string[]): Promise<Record<string, unknown>> => {
      const { out } = await succeed(["inspect", "--backend", "wasm", "--json", ...options]);
      const [{ kept }] = jsonLines<{ kept: { backend: Record<string, unknown> } }>(out) as [
        { kept: { backend: Record<string, unknown> } },
      ];
      return kept.backend;
    };
    for (const options of [[], ["--codegen", "auto"], ["--codegen", "wide"]]) {
      const { codegen, codegenReason } = await told(...options);
      // Where this processor or Node has no wide code, the reason says so; never that nobody asked.
      if (codegen !== "wide") expect(codegenReason).toMatch(/V8|AVX2/);
      expect(String(codegenReason)).not.toContain("unasked");
    }
    const plain = await told("--codegen", "plain");
    expect(plain).toMatchObject({ codegen: "plain" });
    expect(plain).not.toHaveProperty("codegenReason");
    const { out } = await succeed(["inspect", "--backend", "wasm", "--codegen", "plain", "--threads", "1"]);
    expect(out).toMatch(/\ncomputed by\n +backend +wasm\n +threads +1\n +SIMD +\w+\n +code +plain\n/);
  });

  it("reads no weights: headers alone are enough", async () => {
    const folder = variant({ left_over: 1 });
    const weights = readFileSync(join(folder, "model.safetensors"));
    weights.fill(0, 8 + Number(weights.readBigUInt64LE(0)));
    writeFileSync(join(folder, "model.safetensors"), weights);
    const { out } = await succeed(["inspect", folder]);
    expect(out).toContain("7,965,952");
    expect(out).toContain("unknown keys: left_over");
  });
});
