import { readText, type ModelSource } from "@helium-lm/helium";

/** The same model with another config.json. */
export function withConfig(source: ModelSource, edit: (text: string) => string): ModelSource {
  return {
    ...source,
    readBytes: async (name) => {
      const text = name === "config.json" ? await readText(source, name) : null;
      return text === null ? source.readBytes(name) : new TextEncoder().encode(edit(text));
    },
  };
}

/** The same with some of its keys replaced. */
export const withConfigKeys = (source: ModelSource, keys: Readonly<Record<string, unknown>>): ModelSource =>
  withConfig(source, (text) => JSON.stringify({ ...(JSON.parse(text) as object), ...keys }));
