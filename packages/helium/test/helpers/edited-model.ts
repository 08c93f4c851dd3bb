import type { Backend } from "@helium-lm/tensor";
import { loadModel, modelSource, type ModelSource, type ModelForCausalLM } from "@helium-lm/helium";
import { fixturePath } from "../../../../testing/fixtures.ts";
import { withConfig } from "./with-config.ts";

export type Config = Readonly<Record<string, unknown>>;

/** The causal model of a fixture with other config keys ("absent": left out). */
export async function editedModel(
  backend: Backend,
  family: string,
  config: Config = {},
  edit = (source: ModelSource): ModelSource => source,
): Promise<ModelForCausalLM> {
  const source = await modelSource(fixturePath(`models/${family}/causal`));
  const edited = withConfig(source, (text) => {
    const entries = Object.entries({ ...(JSON.parse(text) as object), ...config });
    return JSON.stringify(Object.fromEntries(entries.filter(([, value]) => value !== "absent")));
  });
  return loadModel("causal-lm", edit(edited), { backend });
}
