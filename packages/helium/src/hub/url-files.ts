import { fetchSource, SafetensorsFile, ShardedSafetensors } from "@helium-lm/nn";
import { ModelLoadError } from "../errors.ts";
import type { ModelFiles } from "./model-files.ts";

/** Model files under a URL; weights are read by byte range, never whole. */
export function urlFiles(base: string | URL): ModelFiles {
  const root = new URL(String(base).endsWith("/") ? String(base) : `${String(base)}/`);
  const ask = async (name: string): Promise<Response | null> => {
    const url = new URL(name, root);
    const response = await fetch(url).catch((cause: unknown) => {
      const reason =
        cause instanceof Error ? ((cause.cause as Error | undefined)?.message ?? cause.message) : String(cause);
      throw new ModelLoadError(
        url.href,
        `cannot be reached (${reason}); check the address and the network`,
        {},
        { cause },
      );
    });
    if (response.status === 404) return null;
    if (!response.ok)
      throw new ModelLoadError(url.href, `answered ${response.status}; check the address`, { status: response.status });
    return response;
  };
  const readText = async (name: string): Promise<string | null> => (await ask(name))?.text() ?? null;
  return {
    location: root.href,
    readText,
    readBytes: async (name) => {
      const response = await ask(name);
      return response === null ? null : new Uint8Array(await response.arrayBuffer());
    },
    openWeights: async () => {
      const index = await readText("model.safetensors.index.json");
      if (index !== null) return ShardedSafetensors.open(index, (name) => fetchSource(new URL(name, root)), root.href);
      return SafetensorsFile.open(await fetchSource(new URL("model.safetensors", root)));
    },
  };
}
