import { homedir } from "node:os";
import { join } from "node:path";

/** Where peers and large models are kept, outside the repository: `HELIUM_LM_BENCH_CACHE`, else below the user's cache. */
export const cacheFolder =
  process.env.HELIUM_LM_BENCH_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "helium-lm-bench");

/** Node packages of the peers. */
export const packagesFolder = join(cacheFolder, "npm");

export const modelsFolder = join(cacheFolder, "models");
