/**
 * `npm run soak -- replicas [--record]`: three `helium serve` behind nginx with the recipe deploy/nginx/helium.conf, and sixteen
 * conversations of ten turns by OpenAI's client, by each way to find the replica of a conversation, and with replicas killed in
 * the middle. `--record` writes docs/replicas-soak.json.
 */
import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { format } from "prettier";
import "../../workspace-sources.ts";
import { alone, replicas, type ReplicasReport, type ReplicasSetup } from "./replicas.ts";

const { values } = parseArgs({
  options: { record: { type: "boolean", default: false }, rounds: { type: "string", default: "3" } },
});

const maxTokens = 24;
const setups: readonly Omit<ReplicasSetup, "maxTokens">[] = [
  { key: "none", kills: 0 },
  { key: "start", kills: 0 },
  { key: "header", kills: 0 },
  { key: "prompt_cache_key", kills: 0 },
  ...Array.from({ length: Number(values.rounds) }, () => ({ key: "start", kills: 1 }) as const),
  ...Array.from({ length: Number(values.rounds) }, () => ({ key: "start", kills: 3 }) as const),
  ...Array.from({ length: Number(values.rounds) }, () => ({ key: "start", kills: 3, signal: "SIGTERM" }) as const),
];

const busy = loadavg()[0];
const { turns, hits } = await alone(maxTokens);
const runs: ReplicasReport[] = [];
for (const setup of setups) {
  const run = await replicas({ maxTokens, ...setup }, turns);
  console.log(JSON.stringify(run));
  runs.push(run);
}
const report = {
  ...{ date: new Date().toISOString().slice(0, 10), node: process.version, model: "helium-nano" },
  ...{ cores: cpus().length, loadBefore: Math.round((busy ?? 0) * 100) / 100, maxTokens },
  ...{ alone: { hits }, runs },
};
if (values.record) {
  const file = new URL("../../../docs/replicas-soak.json", import.meta.url);
  writeFileSync(file, await format(JSON.stringify(report), { parser: "json", printWidth: 120 }));
}
const isBad = ({ key, wrong, doubled, unknown, unknownOfKilled, starts, ...run }: ReplicasReport): boolean =>
  wrong + doubled + unknown - unknownOfKilled > 0 ||
  (key !== "none" && starts.missed + starts.strayed > 0) ||
  run.exitCodes.some(Boolean) ||
  // One that may finish costs nobody an answer.
  (run.signal !== "SIGKILL" && Object.keys(run.errors).length > 0);
const bad = runs.filter(isBad).length;
if (bad > 0) {
  console.error(`${bad} of ${runs.length} runs are wrong`);
  process.exit(1);
}
