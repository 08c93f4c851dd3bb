import { formatShape, Scope, tensor, type Tensor } from "@helium-lm/tensor";
import type { ModelForCausalLM } from "../heads/index.ts";
import { difference, logitDifference, type Difference, type LogitDifference } from "./difference.ts";
import { ParityError } from "../errors.ts";
import { moduleAt, type ModuleKind } from "./module-runners.ts";
import type { DumpedTensor, ReferenceDump } from "./reference-dump.ts";

/** One module, run on the reference's own input: errors of the modules before it do not count. */
export interface ModuleParity extends Difference {
  readonly path: string;
  readonly kind: ModuleKind;
}

/** The hidden state after so many layers of a whole pass: errors add up. */
export interface LayerParity extends Difference {
  readonly layer: number;
}

/** How a model agrees with a reference dump. */
export interface ParityReport {
  readonly modules: readonly ModuleParity[];
  readonly layers: readonly LayerParity[];
  readonly logits: LogitDifference;
  /** Modules of the dump that the model has no counterpart of. */
  readonly skipped: readonly string[];
}

/**
 * Compares a model with a dump: every module on the reference's input, then a whole pass by its hidden states and logits.
 *
 * @throws ParityError when the dump is of a model of other sizes
 */
export async function compareWithDump(model: ModelForCausalLM, dump: ReferenceDump): Promise<ParityReport> {
  const { vocabSize } = model.config.traits;
  const largest = Math.max(...dump.inputIds.flat());
  if (largest >= vocabSize)
    throw new ParityError(
      dump.name,
      `has the id ${largest}, but the model's vocabulary has ${vocabSize} tokens; choose the model that it was made from`,
      {
        id: largest,
        vocabSize,
      },
    );
  const { modules, skipped } = await compareModules(model, dump);
  return { modules, skipped, ...(await comparePass(model, dump)) };
}

async function compareModules(
  model: ModelForCausalLM,
  dump: ReferenceDump,
): Promise<Pick<ParityReport, "modules" | "skipped">> {
  const state = new Map(model.stateDict());
  const modules: ModuleParity[] = [];
  const skipped: string[] = [];
  for (const { path, input, output } of dump.modules) {
    using runner = await moduleAt(model, state, path);
    if (!runner) {
      skipped.push(path);
      continue;
    }
    const scope = new Scope();
    try {
      const x = runner.kind === "embedding" ? ids(model, dump) : await upload(model, dump, input);
      const given = scope.run(() => runner.run(x()));
      // Whether the scale of the embeddings is in their module or after it differs by family; this is after it.
      const scaled = runner.kind === "embedding" && dump.has("hidden_states.0");
      const wanted = await dump.tensor(scaled ? "hidden_states.0" : output);
      modules.push({ path, kind: runner.kind, ...difference(await values(path, given, wanted), wanted.data) });
    } finally {
      scope.close();
    }
  }
  return { modules, skipped };
}

async function comparePass(
  model: ModelForCausalLM,
  dump: ReferenceDump,
): Promise<Pick<ParityReport, "layers" | "logits">> {
  const scope = new Scope();
  try {
    const { logits, hiddenStates } = scope.run(() => {
      const { logits, hiddenStates } = model.forward({ inputIds: dump.inputIds, outputHiddenStates: true });
      return { logits, hiddenStates };
    });
    const layers: LayerParity[] = [];
    for (const [layer, state] of (hiddenStates ?? []).entries()) {
      const name = `hidden_states.${layer}`;
      if (!state || !dump.has(name)) continue;
      const wanted = await dump.tensor(name);
      layers.push({ layer, ...difference(await values(name, state, wanted), wanted.data) });
    }
    const wanted = await dump.tensor("logits");
    const given = await values("logits", logits, wanted);
    return { layers, logits: logitDifference(given, wanted.data, wanted.shape.at(-1) ?? 1) };
  } finally {
    scope.close();
  }
}

async function upload({ backend }: ModelForCausalLM, dump: ReferenceDump, name: string): Promise<() => Tensor> {
  const { shape, data } = await dump.tensor(name);
  return () => tensor(backend, data, { shape });
}

function ids({ backend }: ModelForCausalLM, { inputIds }: ReferenceDump): () => Tensor {
  const shape = [inputIds.length, inputIds[0]?.length ?? 0];
  return () => tensor(backend, inputIds.flat(), { shape, dtype: "i32" });
}

async function values(name: string, given: Tensor, wanted: DumpedTensor): Promise<Float32Array> {
  if (formatShape(given.shape) !== formatShape(wanted.shape))
    throw new ParityError(
      name,
      `is ${formatShape(given.shape)} here and ${formatShape(wanted.shape)} in the dump; compare with a dump of this model`,
      { given: given.shape, expected: wanted.shape },
    );
  return Float32Array.from(await given.data());
}
