import { createBackend, type Backend, type Kernel, type KernelEntry, type OpName } from "@helium-lm/tensor";
import { DecoderConfig, loadModel, modelSource, type LoadOptions } from "@helium-lm/helium";
import type { CheckName, FamilyOptions } from "@helium-lm/helium/testing";
import type { HeadModels, HeadName } from "../../../src/heads/index.ts";
import { withBackendMethods } from "../../../src/testing/replaced-methods.ts";
import { withConfig } from "../../helpers/with-config.ts";

/** A mistake made on purpose, and the check of the family suite that must find it. */
export interface Fault {
  readonly name: string;
  readonly family: string;
  readonly foundBy: CheckName;
  readonly options: FamilyOptions;
}

type Wrap<K extends OpName> = (kernel: Kernel<K>, backend: Backend) => Kernel<K>;

/** `cpu` with one kernel replaced by a faulty one. */
export function faultyKernel<K extends OpName>(op: K, wrap: Wrap<K>): () => Promise<Backend> {
  return async () => {
    const cpu = await createBackend("cpu");
    const entries = (cpu.kernels[op] ?? []) as readonly KernelEntry<K>[];
    const faulty = entries.map((entry) => ({ ...entry, run: wrap(entry.run, cpu) }));
    return withBackendMethods(cpu, { kernels: { ...cpu.kernels, [op]: faulty } });
  };
}

type Load = typeof loadModel;
type Location = Parameters<Load>[1];
export type AnyModel = HeadModels[HeadName];

/** Loads in a wrong way; `load` does it right, with further options. */
export function faultyLoad(
  wrong: (
    load: (more?: LoadOptions) => Promise<AnyModel>,
    location: Location,
    options: LoadOptions,
  ) => Promise<AnyModel>,
): Load {
  return (async (head: HeadName, location: Location, options: LoadOptions = {}) =>
    wrong((more) => loadModel(head, location, { ...options, ...more }), location, options)) as Load;
}

/** Loads as usual, but from a config.json that was changed: that of files in memory, or of folders on disk. */
export function faultyConfig(
  change: (config: DecoderConfig) => Record<string, unknown>,
  where: "memory" | "folders" = "memory",
): Load {
  return async (head, location, options) => {
    if ((typeof location === "string") !== (where === "folders")) return loadModel(head, location, options);
    const changed = withConfig(await modelSource(location), (text) => {
      const config = DecoderConfig.fromJSON(text);
      return DecoderConfig.fromJSON({ ...config.toJSON(), ...change(config) }).toJSONString();
    });
    return loadModel(head, changed, options);
  };
}

/** Loads as usual, then changes the model. */
export function faultyModel(change: (model: AnyModel) => void): Load {
  return async (head, location, options) => {
    const model = await loadModel(head, location, options);
    change(model);
    return model;
  };
}

/** Every forward pass of the model gets other inputs. */
export function faultyInputs(change: (inputs: Inputs) => Inputs): Load {
  return faultyModel((model) => {
    const forward = model.forward.bind(model) as (inputs: Inputs) => unknown;
    Object.assign(model, { forward: (inputs: Inputs) => forward(change(inputs)) });
  });
}
export type Inputs = Parameters<AnyModel["forward"]>[0];
