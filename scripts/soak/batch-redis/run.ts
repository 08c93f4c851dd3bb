/**
 * `npm run soak -- batch-redis [--record]`: a file of requests that `helium worker` answers through Redis for `helium batch`, all
 * of which are killed in turn while they are at it; three workers, on this machine. `--record` writes docs/batch-redis-soak.json.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { format } from "prettier";
import "../../workspace-sources.ts";
import { answeredAlone, killInTurn } from "./kill-in-turn.ts";

const { values } = parseArgs({
  options: {
    record: { type: "boolean", default: false },
    lines: { type: "string", default: "2000" },
    every: { type: "string", default: "20" },
    "max-tokens": { type: "string", default: "64" },
    workers: { type: "string", default: "3" },
    concurrency: { type: "string", default: "4" },
  },
});

const { version } = JSON.parse(
  readFileSync(new URL("../../../node_modules/bullmq/package.json", import.meta.url), "utf8"),
) as {
  readonly version: string;
};
const [, redis] = /v=(\S+)/.exec(execFileSync("redis-server", ["--version"], { encoding: "utf8" })) ?? [];
const busy = loadavg()[0];
const size = { lines: Number(values.lines), maxTokens: Number(values["max-tokens"]) };
const run = await killInTurn({
  ...{ ...size, expected: await answeredAlone(size), every: Number(values.every) },
  ...{ workers: Number(values.workers), concurrency: Number(values.concurrency), lockSeconds: 3, awayMs: 2500 },
});
const report = {
  ...{
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    bullmq: version,
    redis,
    model: "helium-nano",
  },
  ...{ cores: cpus().length, loadBefore: Math.round((busy ?? 0) * 100) / 100, ...run },
};
console.log(JSON.stringify(report, null, 2));
if (values.record) {
  const file = new URL("../../../docs/batch-redis-soak.json", import.meta.url);
  writeFileSync(file, await format(JSON.stringify(report), { parser: "json", printWidth: 120 }));
}
const { lost, doubled, misplaced, wrong, exitCodes } = run;
if (lost + doubled + misplaced + wrong > 0 || exitCodes.some(Boolean)) {
  console.error("some lines have no answer, or not theirs");
  process.exit(1);
}
