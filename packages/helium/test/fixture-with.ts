import { folderFiles, type ModelFiles } from "@helium-lm/helium";
import { fixturePath } from "./fixtures.ts";

/** A tiny checkpoint of the fixtures, with some keys of its config.json replaced. */
export async function fixtureWith(family: string, config: Readonly<Record<string, unknown>>): Promise<ModelFiles> {
  const files = await folderFiles(fixturePath(`models/${family}/causal`));
  return {
    ...files,
    readText: async (name) => {
      const text = await files.readText(name);
      if (name !== "config.json" || text === null) return text;
      return JSON.stringify({ ...(JSON.parse(text) as object), ...config });
    },
  };
}
