import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createBackend, type Backend } from "@helium-lm/tensor";
import { writeSafetensors } from "@helium-lm/nn";
import { loadModel } from "@helium-lm/helium";
import { compareWithDump, difference, logitDifference, ParityError, ReferenceDump } from "@helium-lm/helium/parity";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const dumps = new URL("../../../../fixtures/parity/", import.meta.url);
const dumpFile = (model: string): string => fileURLToPath(new URL(`${model}.safetensors`, dumps));
const models = readdirSync(dumps).map((file) => file.replace(/\.safetensors$/, ""));
const folderOf = (model: string): string =>
  fileURLToPath(new URL(`../../../../fixtures/models/${model}/causal`, import.meta.url));

/** A dot product of 64 terms in f32, through a few layers. */
const F32 = 1e-5;

let cpu: Backend;
beforeAll(async () => {
  cpu = await createBackend("cpu");
});
afterAll(() => cpu.dispose());

const open = (model: string): Promise<ReferenceDump> =>
  ReferenceDump.fromBytes(readFileSync(dumpFile(model)), `${model}.safetensors`);

describe("dumps of transformers", () => {
  it.each(models)("%s agrees module by module and as a whole", async (model) => {
    const dump = await open(model);
    using loaded = await loadModel("causal-lm", folderOf(model), { backend: cpu });
    const { modules, layers, logits, skipped } = await compareWithDump(loaded, dump);
    expect(skipped).toEqual([]);
    const { numHiddenLayers } = loaded.config.traits;
    for (const kind of ["attention", "mlp", "block"] as const)
      expect(modules.filter((module) => module.kind === kind)).toHaveLength(numHiddenLayers);
    for (const module of modules) expect(module.relative, module.path).toBeLessThan(F32);
    expect(layers).toHaveLength(numHiddenLayers + 1);
    for (const layer of layers) expect(layer.relative, `layer ${layer.layer}`).toBeLessThan(F32);
    expect(logits.relative).toBeLessThan(F32);
    expect(logits.top1).toBe(1);
    expect(logits.kl).toBeLessThan(1e-9);
  });

  it("shows the one module that is wrong, and its layers after it", async () => {
    const dump = await open("helium");
    using loaded = await loadModel("causal-lm", folderOf("helium"), { backend: cpu });
    const wrong = new Map(loaded.stateDict()).get("model.layers.1.mlp.up_proj.weight");
    if (!wrong || !("layout" in wrong)) throw new Error("no such matrix");
    const values = await wrong.data();
    cpu.write(wrong.handle, new Uint8Array(Float32Array.from(values, (value) => -value).buffer));
    const { modules, layers, logits } = await compareWithDump(loaded, dump);
    const off = modules.filter(({ relative }) => relative > F32).map(({ path }) => path);
    expect(off).toEqual(["model.layers.1.mlp.up_proj", "model.layers.1.mlp", "model.layers.1"]);
    expect(layers.map(({ relative }) => relative > F32)).toEqual([false, false, true, true]);
    expect(logits.kl).toBeGreaterThan(1e-3);
  });

  it("refuses files that are no dump, and dumps of other models", async () => {
    const chunks: Uint8Array[] = [];
    await writeSafetensors([], async (bytes) => void chunks.push(bytes.slice()));
    await expect(ReferenceDump.fromBytes(Buffer.concat(chunks), "none.safetensors")).rejects.toThrow(
      /none\.safetensors: is not a reference dump/,
    );
    using loaded = await loadModel("causal-lm", folderOf("helium"), { backend: cpu });
    await expect(compareWithDump(loaded, await open("gemma3_text"))).rejects.toThrow(ParityError);
  });
});

describe("figures", () => {
  it("are those of their formulas", () => {
    expect(difference([1, 2, 3], [1, 2, 5])).toEqual({
      maxAbs: 2,
      relative: 2 / Math.sqrt(30),
      cosine: 20 / Math.sqrt(14 * 30),
    });
    expect(difference([0, 0], [0, 0])).toEqual({ maxAbs: 0, relative: 0, cosine: 1 });
    expect(difference([NaN], [1]).maxAbs).toBeNaN();
    const [ours, theirs] = [Float32Array.of(0, 0, 0, 5), Float32Array.of(0, Math.log(3), 0, 5)];
    const { kl, top1 } = logitDifference(ours, theirs, 2);
    expect(kl).toBeCloseTo((0.25 * Math.log(0.5) + 0.75 * Math.log(1.5)) / 2, 7);
    expect(top1).toBe(0.5);
  });
});
