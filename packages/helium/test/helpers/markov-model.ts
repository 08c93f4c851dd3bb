import { tensor, type Backend } from "@helium-lm/tensor";
import { PagePool } from "@helium-lm/nn";
import { Engine, type GenerativeModel } from "@helium-lm/helium";
import { submit } from "../../src/generation/submit.ts";

const noStates = (): never => {
  throw new Error("a Markov model has no states");
};

/** A model whose logits are a function of the last token alone, `[V][V]`: its distributions are known exactly. */
export function markovModel(
  backend: Backend,
  logits: readonly (readonly number[])[],
  { weightBytes = 1, context = 1024 }: { readonly weightBytes?: number; readonly context?: number } = {},
): GenerativeModel {
  const properties = { anglesDependOnLength: false, isBidirectional: false };
  const ownEngine = new Engine(
    {
      backend,
      ...properties,
      kvDTypeFor: () => "f32",
      createPool: ({ dtype }) => new PagePool(backend, { layers: 1, kvHeads: 1, headDim: 1, dtype }),
      identify: noStates,
      submit: (request, engine) => submit(model, engine, request),
      pass: ({ steps }) => {
        const rows = steps.flatMap(({ ids, outputs }) => ids.slice(ids.length - outputs).map((id) => logits[id] ?? []));
        return rows.length === 0 ? null : tensor(backend, rows.flat(), { shape: [rows.length, logits.length] });
      },
      passStates: noStates,
      project: noStates,
    },
    { keepPrefixes: false },
  );
  const model: GenerativeModel = {
    ...properties,
    generationConfig: {},
    config: { vocabSize: logits.length, maxPositionEmbeddings: context },
    weightBytes,
    recomputeBeyond: null,
    ownEngine,
    forward: noStates,
  };
  return model;
}
