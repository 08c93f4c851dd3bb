import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Backend } from "@helium-lm/tensor";
import { createBackend, registerBackend } from "@helium-lm/tensor";
import { createWasmBackend } from "@helium-lm/tensor/backends/wasm";
import { bytesSource, WeightsError, type ByteSource, type CheckpointReader } from "@helium-lm/nn";
import {
  ConfigError,
  ggufSource,
  loadModel,
  type LoadOptions,
  type ModelForCausalLM,
  type ModelSource,
} from "@helium-lm/helium";
import { fixturePath } from "../../../../testing/fixtures.ts";

const content = new Uint8Array(readFileSync(fixturePath("quant/llama-q8_0.gguf")));

/** A file whose reads take a turn of the event loop each; `inFlight` of them at the moment, `most` at one time. */
class SlowFile {
  inFlight = 0;
  most = 0;
  reads = 0;
  /** From which read on they fail. */
  failsFrom = Infinity;
  readonly source: ByteSource;

  constructor() {
    const plain = bytesSource(content, "slow.gguf");
    this.source = {
      ...plain,
      read: async (offset, length, into) => {
        const number = this.reads++;
        this.most = Math.max(this.most, ++this.inFlight);
        await new Promise((resolve) => setTimeout(resolve, 2));
        this.inFlight--;
        if (number >= this.failsFrom) throw new Error("the disk is gone");
        return plain.read(offset, length, into);
      },
    };
  }
}

/** With another shape of one tensor. */
function reshaped(files: ModelSource, path: string): ModelSource {
  return {
    ...files,
    openWeights: async () => {
      const reader = await files.openWeights();
      const info: CheckpointReader["info"] = (name) => ({
        ...reader.info(name),
        ...(name === path && { shape: [3, 5] }),
      });
      return new Proxy(reader, {
        get: (target, key) => {
          if (key === "info") return info;
          const value: unknown = Reflect.get(target, key);
          return typeof value === "function" ? (value as () => unknown).bind(target) : value;
        },
      });
    },
  };
}

describe.each([
  ["reference", () => createBackend("reference")],
  ["wasm with threads", () => createWasmBackend({ threads: 2 })],
])("%s", (_, create) => {
  let backend: Backend;
  let file: SlowFile;
  beforeEach(async () => {
    backend = await create();
    file = new SlowFile();
  });
  afterEach(() => {
    expect(file.inFlight).toBe(0);
    expect(backend.memory()).toMatchObject({ handles: 0, bytes: 0 });
    backend.dispose();
  });
  const load = (options: LoadOptions = {}, files: ModelSource = ggufSource(file.source)): Promise<ModelForCausalLM> =>
    loadModel("causal-lm", files, { backend, ...options });

  test("the tensors behind one are read while it is made, and come in the model's order", async () => {
    const order: string[] = [];
    const readsThen: number[] = [];
    const model = await load({
      onProgress: (event) => {
        if (event.phase !== "load") return;
        order.push(event.tensor);
        readsThen.push(file.reads);
      },
    });
    expect(file.most).toBeGreaterThan(4);
    // When the first one is there, all of this small model has been asked for.
    expect(readsThen[0]).toBe(readsThen.at(-1));
    expect(order.slice(0, 4).map((path) => path.replace("model.", ""))).toEqual([
      "embed_tokens.weight",
      "layers.0.input_layernorm.weight",
      "layers.0.self_attn.q_proj.weight",
      "layers.0.self_attn.k_proj.weight",
    ]);
    expect([...model.stateDict()].map(([path]) => path)).toEqual(order);
    model.dispose();
  });

  test("an abort in the middle frees all, and is thrown when nothing is being read any more", async () => {
    const stop = new AbortController();
    const loading = load({
      signal: stop.signal,
      onProgress: (event) => {
        if (event.phase === "load" && event.loaded === 5) stop.abort(new Error("enough"));
      },
    });
    await expect(loading).rejects.toThrow("enough");
    expect(file.inFlight).toBe(0);
  });

  test("reads that fail in the middle do too", async () => {
    const counting = new SlowFile();
    const model = await loadModel("causal-lm", ggufSource(counting.source), { backend });
    model.dispose();
    for (const fraction of [0.1, 0.5, 0.9]) {
      file = new SlowFile();
      file.failsFrom = Math.floor(counting.reads * fraction);
      await expect(load()).rejects.toThrow("the disk is gone");
      expect(file.inFlight).toBe(0);
      expect(backend.memory().handles).toBe(0);
    }
  });

  test("a shape that does not fit is said before the tensors before it are there", async () => {
    const made: string[] = [];
    const files = reshaped(ggufSource(file.source), "model.norm.weight");
    const loading = load({ onProgress: (event) => void (event.phase === "load" && made.push(event.tensor)) }, files);
    await expect(loading).rejects.toThrow(WeightsError);
    expect(made).toEqual([]);
  });
});

describe("a backend by its name", () => {
  const made: Backend[] = [];
  let configRead: boolean[] = [];
  let hasConfig = false;
  registerBackend("slow-start", async () => {
    configRead.push(hasConfig);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const backend = await createBackend("reference");
    made.push(backend);
    return backend;
  });
  beforeEach(() => {
    made.length = 0;
    configRead = [];
    hasConfig = false;
  });
  const files = (config?: string): ModelSource => {
    const plain = ggufSource(new SlowFile().source);
    const readBytes = async (name: string): Promise<Uint8Array | null> => {
      const isGiven = name === "config.json" && config !== undefined;
      const bytes = isGiven ? new TextEncoder().encode(config) : await plain.readBytes(name);
      hasConfig = true;
      return bytes;
    };
    return { ...plain, readBytes };
  };

  test("starts while the config is read", async () => {
    const model = await loadModel("causal-lm", files(), { backend: "slow-start" });
    expect(configRead).toEqual([false]);
    model.dispose();
    expect(() => made[0]?.alloc({ kind: "dense", dtype: "f32", length: 1 })).toThrow(/disposed/);
  });

  test("is freed where the config is refused, and says itself that it cannot start", async () => {
    await expect(loadModel("causal-lm", files("{}"), { backend: "slow-start" })).rejects.toThrow(ConfigError);
    expect(made).toHaveLength(1);
    expect(() => made[0]?.alloc({ kind: "dense", dtype: "f32", length: 1 })).toThrow(/disposed/);
    await expect(loadModel("causal-lm", files(), { backend: "none such" })).rejects.toThrow(/none such/);
  });
});
