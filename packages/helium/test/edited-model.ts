import type { Backend } from "@helium-lm/tensor";
import { loadModel, modelFiles, type ModelFiles, type ModelForCausalLM } from "@helium-lm/helium";
import { fixturePath } from "./fixtures.ts";

export type Config = Readonly<Record<string, unknown>>;

/** The causal model of a fixture with other config keys ("absent": left out). */
export async function editedModel(
  backend: Backend,
  family: string,
  config: Config = {},
  edit = (files: ModelFiles): ModelFiles => files,
): Promise<ModelForCausalLM> {
  const files = await modelFiles(fixturePath(`models/${family}/causal`));
  const readText = async (name: string): Promise<string | null> => {
    const text = await files.readText(name);
    if (name !== "config.json" || text === null) return text;
    const entries = Object.entries({ ...(JSON.parse(text) as object), ...config });
    return JSON.stringify(Object.fromEntries(entries.filter(([, value]) => value !== "absent")));
  };
  return loadModel("causal-lm", edit({ ...files, readText }), { backend });
}
