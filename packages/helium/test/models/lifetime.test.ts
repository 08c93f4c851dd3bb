import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AutoModel, AutoModelForCausalLM, AutoModelForSequenceClassification } from "@helium-lm/helium";
import { CheckpointError, WeightsError } from "@helium-lm/nn";
import { createBackend, DisposedError } from "@helium-lm/tensor";
import { fixturePath } from "../../../../testing/fixtures.ts";

const source = fixturePath("models/helium/causal");
const load = AutoModelForCausalLM.fromPretrained;

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "helium-lifetime-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("savePretrained", () => {
  it("refuses a model that was disposed, and leaves the checkpoint that is there alone", async () => {
    const model = await load(source, { backend: "cpu" });
    await model.savePretrained(folder);
    const before = readFileSync(join(folder, "model.safetensors"));
    model.dispose();
    const attempt = model.savePretrained(folder);
    await expect(attempt).rejects.toBeInstanceOf(DisposedError);
    await expect(attempt).rejects.toThrow(/savePretrained: the model was disposed .* save it before/);
    expect(readFileSync(join(folder, "model.safetensors")).equals(before)).toBe(true);
  });

  it.each(["cpu", "wasm"])("holds the weights when the model is disposed while it runs, on %s", async (backend) => {
    const model = await load(source, { backend });
    const saving = model.savePretrained(folder);
    model.dispose();
    await saving;
    expect(statSync(join(folder, "model.safetensors")).size).toBe(statSync(join(source, "model.safetensors")).size);
    using again = await load(folder, { backend: "cpu" });
    expect(again.loadReport).toEqual({ missing: [], unused: [] });
    // The backend was the model's own, and went when the last byte was written.
    expect(() => model.backend.alloc({ kind: "dense", dtype: "f32", length: 1 })).toThrow(DisposedError);
  });

  it("needs a folder", async () => {
    using model = await load(source, { backend: "cpu" });
    await expect(model.savePretrained("")).rejects.toBeInstanceOf(CheckpointError);
    writeFileSync(join(folder, "file"), "");
    await expect(model.savePretrained(join(folder, "file"))).rejects.toBeInstanceOf(CheckpointError);
  });

  it("leaves nothing on a backend that was given", async () => {
    const backend = await createBackend("cpu");
    const model = await load(source, { backend });
    const saving = model.savePretrained(folder);
    model.dispose();
    await saving;
    expect(backend.memory().handles).toBe(0);
    backend.dispose();
  });
});

describe("the backend of a model", () => {
  it("is freed with the model that it was made for, and not where it was given", async () => {
    const own = await load(source);
    own.dispose();
    own.dispose();
    expect(() => own.backend.alloc({ kind: "dense", dtype: "f32", length: 1 })).toThrow(DisposedError);
    const backend = await createBackend("cpu");
    const [first, second] = [await load(source, { backend }), await load(source, { backend })];
    first.dispose();
    expect((await second.generate({ inputIds: [[3, 5]], maxNewTokens: 1 })).sequences).toHaveLength(1);
    second.dispose();
    expect(backend.memory().handles).toBe(0);
    backend.dispose();
  });

  it("takes the answers that are under way with it, by a typed error", async () => {
    const model = await load(source, { backend: "wasm", threads: 2 });
    const { logits } = model.forward({ inputIds: [[3, 5]] });
    const steps = model.stream({ inputIds: [[3, 5]], maxNewTokens: 50, eosTokenId: [] });
    expect((await steps.next()).done).toBe(false);
    model.dispose();
    await expect(steps.next()).rejects.toBeInstanceOf(DisposedError);
    await expect(logits.data()).rejects.toBeInstanceOf(DisposedError);
    logits.dispose();
  });

  it.skipIf(process.platform !== "linux")("costs no threads and no open files, load after load", async () => {
    const counts = (): readonly [number, number] => [
      readdirSync("/proc/self/task").length,
      readdirSync("/proc/self/fd").length,
    ];
    const loadOnce = async (): Promise<void> => (await load(source, { backend: "wasm", threads: 2 })).dispose();
    // The first load brings what stays: compiled modules, the threads of the file system.
    await loadOnce();
    // Workers end in their own time.
    const settled = (most: readonly [number, number]): Promise<void> =>
      expect.poll(() => counts().filter((count, i) => count > (most[i] ?? 0))).toEqual([]);
    const before = counts();
    for (let i = 0; i < 8; i++) await loadOnce();
    await settled(before);
  });

  it("takes the threads that were asked for, and says that a backend given has its own", async () => {
    using model = await load(source, { backend: "wasm", threads: 1 });
    expect(model.backend.capabilities.threads).toBe(1);
    const backend = await createBackend("cpu");
    await expect(load(source, { backend, threads: 2 })).rejects.toThrow(
      /^threads: cannot be set for a backend that was given/,
    );
    await expect(load(source, { backend: "wasm", threads: 0 })).rejects.toThrow(/threads is 0/);
    backend.dispose();
  });

  it("is freed when loading fails", async () => {
    const { registerBackend } = await import("@helium-lm/tensor");
    let disposed = 0;
    registerBackend("counted", async () => {
      const backend = await createBackend("cpu");
      const dispose = backend.dispose.bind(backend);
      backend.dispose = () => {
        disposed += 1;
        dispose();
      };
      return backend;
    });
    const onProgress = (): void => {
      throw new Error("enough");
    };
    await expect(load(source, { backend: "counted", onProgress })).rejects.toThrow("enough");
    expect(disposed).toBe(1);
  });
});

describe("after dispose() a call names the model and the mend:", () => {
  const ids = { inputIds: [[1, 5]] };
  const loaded = (): ReturnType<typeof load> => load(source, { backend: "cpu" });

  it.each<[string, (model: Awaited<ReturnType<typeof load>>) => unknown]>([
    ["forward", (model) => model.forward(ids)],
    ["generate", (model) => model.generate(ids)],
    ["stream", (model) => model.stream(ids).next()],
    ["submit", (model) => model.submit({ inputIds: [1, 5] })],
    ["engine", (model) => model.engine()],
    ["createCache", (model) => model.createCache()],
  ])("%s", async (call, use) => {
    const model = await loaded();
    model.dispose();
    const error: unknown = await (async () => use(model))().catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(DisposedError);
    expect((error as Error).message).toBe(`${call}: the model was disposed and has no weights left; load it again`);
  });

  it("forward of the other heads", async () => {
    for (const [auto, name] of [
      [AutoModel, "base"],
      [AutoModelForSequenceClassification, "sequence"],
    ] as const) {
      const model = await auto.fromPretrained(fixturePath(`models/helium/${name}`), { backend: "cpu" });
      model.dispose();
      expect(() => model.forward(ids)).toThrow(/^forward: the model was disposed/);
    }
  });
});

describe("a checkpoint with another head than the one asked for", () => {
  it.each<[string, typeof AutoModelForSequenceClassification | typeof AutoModelForCausalLM, string, RegExp]>([
    [
      "sequence",
      AutoModelForCausalLM,
      "lm_head.weight",
      /is missing: this checkpoint is a sequence classifier \(HeliumForSequenceClassification\); load it with AutoModelForSequenceClassification\.fromPretrained$/,
    ],
    ["token", AutoModelForCausalLM, "lm_head.weight", /is a token classifier .*AutoModelForTokenClassification/],
    [
      "base",
      AutoModelForCausalLM,
      "lm_head.weight",
      /is a trunk without a head \(HeliumModel\); load it with AutoModel\.from/,
    ],
    [
      "causal",
      AutoModelForSequenceClassification,
      "score.weight",
      /is a causal language model .*AutoModelForCausalLM\.fromPretrained; freshHead gives a head that is still to be/,
    ],
  ])("%s: says what it is and what loads it", async (name, auto, subject, message) => {
    const error: unknown = await auto
      .fromPretrained(fixturePath(`models/helium/${name}`), { backend: "cpu" })
      .catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(WeightsError);
    expect(error).toMatchObject({ subject });
    expect((error as Error).message).toMatch(message);
  });
});
