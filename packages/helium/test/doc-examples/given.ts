import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as nn from "@helium-lm/nn";
import * as tensors from "@helium-lm/tensor";
import { createBackend, ones, randn, Rng, tensor, type Backend } from "@helium-lm/tensor";
import * as quant from "@helium-lm/tensor/quant";
import * as helium from "@helium-lm/helium";
import * as convert from "@helium-lm/helium/convert";
import * as pipelines from "@helium-lm/helium/pipelines";
import * as sources from "@helium-lm/helium/sources";
import * as worker from "@helium-lm/helium/worker";
import { families } from "../../src/families/index.ts";
import { GrammarBuilder } from "../../src/grammar/automaton/grammar-builder.ts";
import { RegexArena } from "../../src/grammar/regex/index.ts";

type Names = Readonly<Record<string, unknown>>;

/** What the examples of a file take as given beside `backend`, `model`, `tokenizer` and all exports; by the end of its path. */
const values: Readonly<Record<string, (backend: Backend) => Names>> = {
  "ops/fused/topk.ts": (b) => ({ logits: randn(b, [2, 60], 1) }),
  "ops/fused/rope.ts": (b) => ({ x: randn(b, [3, 2, 8], 1), cos: ones(b, [16, 4]), sin: ones(b, [16, 4]) }),
  "ops/fused/log-probs-of.ts": (b) => ({ logits: randn(b, [2, 20], 1) }),
  "ops/fused/sample-tokens.ts": (b) => ({ logits: randn(b, [1, 60], 1), random: new Rng(1) }),
  "ops/fused/attention/attention.ts": (b) => ({
    ...{ D: 8, q: randn(b, [4, 2, 8], 1) },
    ...{ keys: randn(b, [8, 2, 64, 8], 2), values: randn(b, [8, 2, 64, 8], 3) },
  }),
  "ops/fused/scatter-rows.ts": (b) => ({ pool: randn(b, [8, 2, 64, 8], 1), keys: randn(b, [2, 2, 8], 2) }),
  "ops/matmul.ts": (b) => ({ x: randn(b, [3, 4], 1), weight: randn(b, [5, 4], 2) }),
  "ops/reduce.ts": (b) => ({ x: randn(b, [2, 3, 4], 1) }),
  "composed/pad.ts": (b) => ({ x: randn(b, [2, 3], 1) }),
  "composed/conv1d.ts": (b) => ({ x: randn(b, [1, 3, 10], 1), weight: randn(b, [4, 3, 3], 2), bias: ones(b, [4]) }),
  "composed/einsum.ts": (b) => ({
    ...{ q: randn(b, [2, 3, 4, 5], 1), k: randn(b, [2, 6, 4, 5], 2), x: randn(b, [3, 3], 3) },
  }),
  "composed/slice.ts": (b) => ({ x: randn(b, [4, 3], 1) }),
  "composed/take-along-axis.ts": (b) => ({
    ...{ logProbabilities: randn(b, [2, 9], 1), labels: tensor(b, [[3], [4]], { dtype: "i32" }) },
  }),
  "safetensors/safetensors-reader.ts": () => ({
    fetchFile: async () => new Response(readFileSync(join(folder, "model.safetensors"))),
  }),
  "gguf/gguf-reader.ts": () => ({
    ggufBytes: readFileSync(new URL("../../../../fixtures/quant/llama-f32.gguf", import.meta.url)),
  }),
  "families/index.ts": () => ({ llama: families.llama }),
  "grammar/regex/regex-arena.ts": () => ({ RegexArena }),
  "grammar/automaton/grammar-builder.ts": () => ({ RegexArena, GrammarBuilder }),
  "sources/files-source.ts": () => ({
    configFile: new Blob([readFileSync(join(folder, "config.json"))]),
    weightsFile: new Blob([readFileSync(join(folder, "model.safetensors"))]),
  }),
  "parallel/parallel-quantizer.ts": () => ({ parts: [], file: { write: () => undefined } }),
};

/** Examples that are not run, by file and name: they need what only their reader has. */
export const notRun: Readonly<Record<string, string>> = {
  "packages/nn/src/module.ts assemble": "the layer is the reader's own",
  "packages/helium/src/worker.ts serveWorker": "is a worker's own script; the worker tests run one",
  "packages/helium/src/sources/model-source.ts ModelSource": "the bytes are the reader's own",
  "packages/helium/src/sources/hub-source.ts hubSource": "the repository is the reader's own; the hub tests load one",
  "packages/helium/src/hub/hub-dataset.ts openHubDataset": "asks the hub",
};

const folder = fileURLToPath(new URL("../../../../models/helium-nano", import.meta.url));

/** All that an example may use without an import. */
export class Given {
  /** Where examples write. */
  readonly #scratch = mkdtempSync(join(tmpdir(), "helium-examples-"));
  readonly #backend: Backend;
  readonly #names: Names;

  private constructor(backend: Backend, names: Names) {
    this.#backend = backend;
    this.#names = names;
  }

  static async create(): Promise<Given> {
    const backend = await createBackend("cpu");
    const model = await helium.AutoModelForCausalLM.fromPretrained(folder, { backend });
    const tokenizer = await helium.AutoTokenizer.fromPretrained(folder);
    const prompts = ["Once upon a time", "To install"].map((text) => [tokenizer.encode(text)]);
    const shared = { backend, model, tokenizer, engine: model.ownEngine, show: () => undefined };
    const exported = { ...tensors, ...quant, ...nn, ...helium, ...convert, ...pipelines, ...sources, ...worker };
    return new Given(backend, { ...exported, ...shared, prompts });
  }

  for(file: string): Names {
    const [, make] = Object.entries(values).find(([end]) => file.endsWith(end)) ?? [];
    const { prompts, tokenizer } = this.#names as { prompts: number[][][]; tokenizer: helium.Tokenizer };
    // One row of ids where one text is meant, a list of rows for calls of `generate`.
    const isOneText = /engine\/engine\.ts|create-engine-worker|tokenizer\.ts$/.test(file);
    return {
      ...this.#names,
      path: join(this.#scratch, file.replace(/\W/g, "-")),
      ...(isOneText && { prompts: prompts.flat(), inputIds: tokenizer.encode("Once upon a time") }),
      ...make?.(this.#backend),
    };
  }

  close(): void {
    tensors.setWorkerFactory(null);
    (this.#names as { model: helium.ModelForCausalLM }).model.dispose();
    this.#backend.dispose();
    rmSync(this.#scratch, { recursive: true });
  }
}
