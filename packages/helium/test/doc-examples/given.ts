import { fileURLToPath } from "node:url";
import * as nn from "@helium-lm/nn";
import * as tensors from "@helium-lm/tensor";
import { createBackend, ones, randn, Rng, tensor, type Backend } from "@helium-lm/tensor";
import * as quant from "@helium-lm/tensor/quant";
import * as helium from "@helium-lm/helium";
import * as worker from "@helium-lm/helium/worker";

type Names = Readonly<Record<string, unknown>>;

/** What the examples of a file take as given beside `backend`, `model`, `tokenizer` and all exports; by the end of its path. */
const values: Readonly<Record<string, (backend: Backend) => Names>> = {
  "ops/fused/topk.ts": (b) => ({ logits: randn(b, [2, 60], 1) }),
  "ops/fused/rope.ts": (b) => ({ x: randn(b, [3, 2, 8], 1), cos: ones(b, [16, 4]), sin: ones(b, [16, 4]) }),
  "ops/fused/log-probs-of.ts": (b) => ({ logits: randn(b, [2, 20], 1) }),
  "ops/fused/sample-tokens.ts": (b) => ({ logits: randn(b, [1, 60], 1), random: new Rng(1) }),
  "ops/fused/attention.ts": (b) => ({
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
  "parallel/parallel-quantizer.ts": () => ({ parts: [], file: { write: () => undefined } }),
};

/** Examples that show how parts fit together, of parts that only their reader has. */
export const notRun: Readonly<Record<string, string>> = {
  "packages/nn/src/module.ts": "the layer is the reader's own",
  "packages/helium/src/worker.ts": "is a worker's own script; the worker tests run one",
  "packages/helium/src/sources/model-source.ts": "the bytes are the reader's own",
  "packages/helium/src/hub/hub-dataset.ts": "asks the hub",
};

const folder = fileURLToPath(new URL("../../../../models/helium-nano", import.meta.url));

/** All that an example may use without an import. */
export class Given {
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
    return new Given(backend, { ...tensors, ...quant, ...nn, ...helium, ...worker, ...shared, prompts });
  }

  for(file: string): Names {
    const [, make] = Object.entries(values).find(([end]) => file.endsWith(end)) ?? [];
    const { prompts, tokenizer } = this.#names as { prompts: number[][][]; tokenizer: helium.Tokenizer };
    // One row of ids where one text is meant, a list of rows for calls of `generate`.
    const isOneText = /engine\/engine\.ts|create-engine-worker|tokenizer\.ts$/.test(file);
    return {
      ...this.#names,
      ...(isOneText && { prompts: prompts.flat(), inputIds: tokenizer.encode("Once upon a time") }),
      ...make?.(this.#backend),
    };
  }

  close(): void {
    tensors.setWorkerFactory(null);
    (this.#names as { model: helium.ModelForCausalLM }).model.dispose();
    this.#backend.dispose();
  }
}
