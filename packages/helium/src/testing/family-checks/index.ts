import type { TinyConfigOptions } from "../tiny-config.ts";
import type { DrawnModel } from "../drawn-model.ts";
import { checkAcrossHeads } from "./across-heads.ts";
import { checkBatch } from "./batch.ts";
import { checkChunks } from "./chunks.ts";
import { checkFailures } from "./failures.ts";
import { checkFormula } from "./formula.ts";
import { checkGeneration } from "./generation.ts";
import { checkPacking } from "./packing.ts";
import { checkPadding } from "./padding.ts";
import { checkSaving } from "./saving.ts";
import { checkShapes } from "./shapes.ts";
import { checkWeights } from "./weights.ts";
import { checkWindows } from "./windows.ts";

export type CheckName =
  | "shapes"
  | "formula"
  | "chunks"
  | "batch"
  | "padding"
  | "packing"
  | "windows"
  | "weights"
  | "across-heads"
  | "saving"
  | "generation"
  | "failures";

export interface Check {
  /** What the check says about the family when it passes. */
  readonly says: string;
  /** Which configs are drawn. */
  readonly configs?: TinyConfigOptions;
  /** @throws Mismatch, or whatever the model throws */
  readonly run: (drawn: DrawnModel) => Promise<void>;
}

/** The check table. After every drawn model nothing that was not there before may be alive on the backend. */
export const checks: { readonly [N in CheckName]: Check } = {
  shapes: { says: "has its layers, its cache and the shapes of all four heads", run: checkShapes },
  formula: {
    says: "computes what its traits say, in all four heads",
    configs: { steadyAngles: false },
    run: checkFormula,
  },
  chunks: {
    says: "gives for chunks and single steps with a cache what it gives for the whole",
    configs: { causal: true },
    run: checkChunks,
  },
  batch: { says: "gives a row alone what it gives it in a batch", run: checkBatch },
  padding: { says: "does not see padding, left or right, with counted or corrected positions", run: checkPadding },
  packing: { says: "keeps packed sequences apart", run: checkPacking },
  windows: { says: "sees in each layer the keys inside its window and no others", run: checkWindows },
  weights: { says: "asks for every tensor of its checkpoint once and for no other", run: checkWeights },
  "across-heads": { says: "loads one head from the checkpoint of another", run: checkAcrossHeads },
  saving: { says: "is the same after saving and loading", run: checkSaving },
  generation: {
    says: "generates one greedy sequence: again, without a cache, in a batch and on another backend",
    configs: { causal: true, steadyAngles: false },
    run: checkGeneration,
  },
  failures: {
    says: "leaves nothing behind when loading or a pass fails",
    configs: { causal: true },
    run: checkFailures,
  },
};
