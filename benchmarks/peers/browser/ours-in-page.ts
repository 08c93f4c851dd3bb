import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { cacheFolder } from "../cache-folder.ts";
import { ours } from "../ours/ours.ts";
import type { Contender } from "../player.ts";
import { PagePlayer, type PageModel } from "./page-player.ts";

/** Ours in the same browser as wllama: the whole engine in a worker of an isolated page. */
export const oursInPage: Contender = {
  name: "helium-lm in Chromium",
  version: () => `${ours.version()}, in Chromium`,
  start: async (model) => {
    const folder = join(cacheFolder, "page");
    mkdirSync(folder, { recursive: true });
    await build({
      entryPoints: [fileURLToPath(new URL("ours-worker.ts", import.meta.url))],
      // With chunks, what only Node imports is a chunk that the page never loads.
      ...{ outdir: folder, splitting: true },
      ...{ bundle: true, format: "esm", platform: "browser", target: "es2022", minify: true, logLevel: "error" },
      external: ["node:*", "gpu.js"],
    });
    return PagePlayer.start("helium-lm in Chromium", model, { mounts: { ours: folder }, load: loadOurs });
  },
};

async function loadOurs(model: PageModel): Promise<void> {
  const worker = new Worker("/ours/ours-worker.js", { type: "module" });
  const ask = (message: unknown): Promise<number> =>
    new Promise((resolve, reject) => {
      worker.onerror = (event) => reject(new Error(event.message));
      worker.onmessage = ({ data }: MessageEvent<{ seconds: number; error?: string }>) =>
        data.error === undefined ? resolve(data.seconds) : reject(new Error(data.error));
      worker.postMessage(message);
    });
  const [file] = (document.querySelector("#model") as HTMLInputElement).files ?? [];
  await ask({ ...model, file });
  (globalThis as unknown as { player: unknown }).player = {
    prefill: (tokens: number) => ask({ prefill: tokens }),
    decode: (context: number, steps: number) => ask({ decode: context, steps }),
  };
}
