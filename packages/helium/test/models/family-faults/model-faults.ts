import {
  faultyConfig,
  faultyInputs,
  faultyLoad,
  faultyModel,
  type AnyModel,
  type Fault,
  type Inputs,
} from "./fault.ts";

/** Models that load, run, save or dispose wrongly. */
export const modelFaults: readonly Fault[] = [
  {
    name: "positions do not advance with the cache",
    family: "helium",
    foundBy: "chunks",
    options: {
      load: faultyInputs((inputs) => {
        const rows = inputs.inputIds as readonly (readonly number[])[];
        return inputs.pastKeyValues ? { ...inputs, positionIds: rows.map((row) => [...row.keys()]) } : inputs;
      }),
    },
  },
  {
    name: "packed sequences see each other",
    family: "helium",
    foundBy: "packing",
    options: {
      load: faultyInputs((inputs) => {
        const rows = inputs.inputIds as readonly (readonly number[])[];
        const isPacked = inputs.positionIds && !inputs.attentionMask;
        return isPacked ? { ...inputs, attentionMask: rows.map((row) => row.map(() => 1)) } : inputs;
      }),
    },
  },
  {
    name: "a hidden state is missing",
    family: "olmo2",
    foundBy: "shapes",
    options: {
      load: faultyModel((model) => {
        const forward = model.forward.bind(model) as (inputs: Inputs) => ReturnType<AnyModel["forward"]>;
        const shorter = (inputs: Inputs): object => {
          const output = forward(inputs);
          return { ...output, hiddenStates: output.hiddenStates?.slice(1) ?? null };
        };
        Object.assign(model, { forward: shorter });
      }),
    },
  },
  {
    name: "dispose forgets the state dict",
    family: "gemma2",
    foundBy: "failures",
    options: {
      load: faultyModel((model) => {
        Object.assign(model, { dispose: () => model.trunk.dispose() });
      }),
    },
  },
  {
    name: "a failed load leaves what it had loaded",
    family: "llama",
    foundBy: "failures",
    options: {
      load: faultyLoad(async (load, _location, { backend }) => {
        try {
          return await load();
        } catch (error) {
          if (typeof backend === "object") backend.alloc({ kind: "dense", dtype: "f32", length: 1 });
          throw error;
        }
      }),
    },
  },
  {
    name: "a missing head is made up without being asked for",
    family: "llama",
    foundBy: "across-heads",
    options: { load: faultyLoad((load) => load({ freshHead: { seed: 1 } })) },
  },
  {
    name: "saving rounds the weights",
    family: "helium",
    foundBy: "saving",
    options: { load: faultyLoad((load, location) => load(typeof location === "string" ? { dtype: "bf16" } : {})) },
  },
  {
    name: "saving loses the rotary parameters",
    family: "helium",
    foundBy: "saving",
    options: {
      load: faultyConfig(() => ({ rope_parameters: { rope_type: "default", rope_theta: 777 } }), "folders"),
    },
  },
  {
    name: "generation draws its tokens",
    family: "helium",
    foundBy: "generation",
    options: {
      load: faultyModel((model) => {
        if (!("generate" in model)) return;
        const generate = model.generate.bind(model);
        Object.assign(model, { generate: (given: object) => generate({ ...given, doSample: true, topK: 0 }) });
      }),
    },
  },
];
