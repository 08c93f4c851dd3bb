import { join } from "node:path";
import type { Backend } from "../../packages/tensor/src/index.ts";
import type { LoadOptions } from "../../packages/helium/src/loading/load-model.ts";
import type { ReferenceModel, StoredDType, Variant } from "./reference-cases.ts";
import { readOutputs } from "./reference-cases.ts";
import { runVariant } from "./run-variant.ts";

const { loadModel } = await import("../../packages/helium/src/loading/load-model.ts");

/** How a model is loaded, and which of transformers' own roundings its error is measured by. */
export interface Mode {
  readonly name: string;
  readonly stored: StoredDType;
  readonly noise: StoredDType;
  readonly options: LoadOptions;
}

export const modes: readonly Mode[] = [
  { name: "f32", stored: "f32", noise: "f32", options: { kvDType: "f32" } },
  { name: "bf16 weights", stored: "bf16", noise: "f32", options: { kvDType: "f32" } },
  { name: "bf16", stored: "bf16", noise: "bf16", options: { kvDType: "bf16", computeDType: "bf16" } },
];

/** Distance between a number and the next one, relative to it. */
const epsilons: Readonly<Record<StoredDType, number>> = { f32: 2 ** -23, bf16: 2 ** -7 };
/** How many times transformers' own noise ours may be. */
export const NOISE_FACTOR = 4;

/**
 * What a comparison may differ by: 4 times the noise of transformers, and 4 steps at its largest number. The noise is that
 * of the comparison itself or the median of its model's, whichever is larger: one of three numbers may be exact by luck.
 */
function limitOf({ noise, largest }: Variant, { variants }: ReferenceModel, mode: Mode): number {
  const noises = variants.flatMap((variant) => variant.noise[mode.noise] ?? []).sort((a, b) => a - b);
  const median = noises[Math.floor(noises.length / 2)] ?? 0;
  return NOISE_FACTOR * (Math.max(noise[mode.noise] ?? 0, median) + epsilons[mode.noise] * largest);
}

export interface Comparison {
  readonly mode: string;
  readonly variant: string;
  /** `max |ours − transformers in float64|` over the numbers that count. */
  readonly difference: number | null;
  /** `difference / limit`; above 1 it is a mismatch, as is null: an error, or an output with another shape or a NaN. */
  readonly ratio: number | null;
  /** Why there are no numbers. */
  readonly error: string | null;
}

/** Compares one model on one backend: every mode, every kind of input. */
export async function compareModel(root: string, model: ReferenceModel, backend: Backend): Promise<Comparison[]> {
  const folder = join(root, model.folder);
  const outputs = readOutputs(folder);
  const comparisons: Comparison[] = [];
  for (const mode of modes) {
    const variants = model.variants.filter(({ dtype }) => dtype === mode.stored);
    const loaded = await attempt(() => loadModel(model.head, join(folder, mode.stored), { ...mode.options, backend }));
    for (const variant of variants) {
      const { name } = mode;
      const ours = "error" in loaded ? loaded : await attempt(() => runVariant(loaded.value, variant.inputs));
      const difference = "error" in ours ? null : farthest(ours.value, outputs, variant);
      comparisons.push({
        mode: name,
        variant: variant.variant,
        difference,
        ratio: difference === null ? null : difference / limitOf(variant, model, mode),
        error: "error" in ours ? ours.error : null,
      });
    }
    if ("value" in loaded) loaded.value.dispose();
  }
  return comparisons;
}

async function attempt<T>(action: () => Promise<T>): Promise<{ readonly value: T } | { readonly error: string }> {
  try {
    return { value: await action() };
  } catch (error) {
    return { error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}

/** Null where a number is missing or none. */
function farthest(ours: Float32Array, outputs: Float64Array, { shape, offset, kept }: Variant): number | null {
  const size = shape.reduce((a, b) => a * b, 1);
  if (ours.length !== size) return null;
  const rows = kept?.flat();
  const width = rows ? size / rows.length : size;
  let most = 0;
  for (let i = 0; i < size; i++) {
    if (rows && rows[Math.floor(i / width)] !== true) continue;
    const gap = Math.abs((ours[i] ?? NaN) - (outputs[offset + i] ?? NaN));
    if (Number.isNaN(gap)) return null;
    most = Math.max(most, gap);
  }
  return most;
}
