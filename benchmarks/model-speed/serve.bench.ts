import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { HeliumLmError } from "@helium-lm/tensor";
import { ServerProcess } from "../../testing/serving/server-process.ts";
import { formatFile, formatModels } from "../model-files/format-files.ts";
import type { LineProcess } from "../peers/line-process.ts";
import { native, startBatch } from "../peers/native/native.ts";
import { PeerMissing, type ModelFile } from "../peers/player.ts";
import { conditions, printResults, saveReport, type Result } from "../report.ts";
import { summary } from "../rounds.ts";

/** Clients, each with one text at a time. */
const SIZES = [1, 4, 16] as const;
const MODEL = "SmolLM2-135M Q8_0";
const ours = "helium serve";

const run = promisify(execFile);

/** Tokens of a pass, as the peer reads texts that join. */
const BUDGET = 64;

/**
 * `helium serve`, its clients in another process, beside llama.cpp with the same texts in one batch and no server around it.
 *
 * @param args `--rounds N`: what is measured so is not saved
 */
export async function serveBenchmark(name: string, args: readonly string[]): Promise<void> {
  const { rounds } = parseArgs({ args: [...args], options: { rounds: { type: "string", default: "3" } } }).values;
  const before = await conditions();
  const [smollm2] = formatModels;
  if (!smollm2) throw new PeerMissing(MODEL, "is not among the models; run npm run bench -- install-peers");
  const path = await formatFile(smollm2, "Q8_0");
  const model = { path, word: " hello", context: 256, threads: 2, vocab: smollm2.vocab };
  const missing: { contender: string; reason: string }[] = [];
  const peer = await startPeer(model).catch((error: unknown) => {
    if (!(error instanceof PeerMissing)) throw error;
    missing.push({ contender: native.name, reason: error.message });
    return null;
  });
  const server = await ServerProcess.start([path, "--budget", String(BUDGET), "--max-sequences", "16"]);
  const results: Result[] = [];
  try {
    await askOurs(server, 2, 4, model.vocab);
    for (const size of SIZES) {
      const texts = 4 + Math.ceil(1.25 * size);
      const speeds = new Map<string, number[]>([[ours, []]]);
      if (peer) speeds.set(native.name, []);
      for (let round = 0; round < Number(rounds); round++) {
        speeds.get(ours)?.push(await askOurs(server, size, texts, model.vocab));
        if (peer) speeds.get(native.name)?.push(speedOf(native.name, await peer.ask(`queue ${size} ${texts}`)));
      }
      for (const [contender, runs] of speeds)
        results.push({ test: `${MODEL} served, ${size} clients`, contender, unit: "tok/s", ...summary(runs), runs });
    }
  } finally {
    await server.stop();
    await peer?.close();
  }
  printResults(results, ours);
  const versions = peer ? { [native.name]: native.version() } : {};
  if (args.length === 0) saveReport(name, before, { results, missing, versions });
}

const startPeer = (model: ModelFile): Promise<LineProcess> => startBatch(model, Math.max(...SIZES));

/** Tokens a second of so many clients. */
async function askOurs({ url }: ServerProcess, clients: number, texts: number, vocab: number): Promise<number> {
  const script = fileURLToPath(new URL("serve-clients.ts", import.meta.url));
  const { stdout } = await run(process.execPath, [script, url, String(clients), String(texts), String(vocab)]);
  return speedOf(ours, JSON.parse(stdout) as Readonly<Record<string, unknown>>);
}

function speedOf(contender: string, { seconds, tokens }: Readonly<Record<string, unknown>>): number {
  if (typeof seconds === "number" && typeof tokens === "number") return tokens / seconds;
  throw new HeliumLmError(contender, "answered without seconds and tokens");
}
