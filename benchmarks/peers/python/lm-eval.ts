import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../cache-folder.ts";
import { PeerMissing } from "../player.ts";

const environment = join(cacheFolder, "lm-eval");
const python = join(environment, "bin", "python");

/** Pinned; the harness is installed without what it needs for tables and caches, which are not used. */
const packages: readonly (readonly string[])[] = [
  ["--no-deps", "lm_eval==0.4.13", "accelerate", "peft"],
  [
    "sacrebleu==2.6.0",
    "datasets",
    "jinja2",
    "dill",
    "more_itertools",
    "typing_extensions",
    "tqdm",
    "regex",
    "requests",
    "aiohttp",
    "tenacity",
    "scikit-learn==1.6.1",
    "pyyaml",
    "safetensors",
    "transformers==5.18.0",
    "psutil",
    "torch==2.15.0",
  ],
];

/** Makes the harness's own Python environment in the cache. */
export function installLmEval(): void {
  if (!existsSync(python)) execFileSync("python3", ["-m", "venv", environment]);
  for (const names of packages)
    execFileSync(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...names], {
      stdio: ["ignore", "ignore", "pipe"],
    });
}

export interface LmEvalRun {
  readonly items: number;
  /** Of the log-likelihoods alone: neither loading nor making prompts counts. */
  readonly seconds: number;
  readonly accuracy: number;
  readonly versions: Readonly<Record<string, string>>;
}

interface LmEvalQuestion {
  readonly modelFolder: string;
  /** Tasks as YAML files. */
  readonly taskFolder: string;
  /** Documents of each task. */
  readonly limit: number;
  readonly batchSize: number;
  readonly threads: number;
}

/** Lets lm-evaluation-harness score tasks with transformers. @throws PeerMissing */
export function runLmEval({ modelFolder, taskFolder, limit, batchSize, threads }: LmEvalQuestion): LmEvalRun {
  if (!existsSync(python))
    throw new PeerMissing("lm_eval", "is not in the benchmark cache; run `npm run bench -- install-peers`");
  const script = fileURLToPath(new URL("lm_eval_speed.py", import.meta.url));
  const args = [script, modelFolder, taskFolder, String(limit), String(batchSize), String(threads)];
  const printed = execFileSync(python, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return JSON.parse(printed.trim().split("\n").at(-1) ?? "") as LmEvalRun;
}
