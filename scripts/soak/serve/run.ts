/**
 * `npm run soak -- serve-load [--model smollm2] [--record]`, and `serve-queue`, `serve-memory`, `serve-kills`: `helium serve` in
 * one process, its clients in others, all on this machine. `--record` writes docs/serve-soak.json, each under its name.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { format } from "prettier";
import "../../workspace-sources.ts";
import { kills } from "./kills.ts";
import { load } from "./load.ts";
import { memory } from "./memory.ts";
import { queue } from "./queue.ts";
import { ServerProcess } from "../../../testing/serving/server-process.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: "string", default: "helium-nano" },
    clients: { type: "string" },
    seconds: { type: "string", default: "60" },
    requests: { type: "string", default: "10000" },
    kills: { type: "string", default: "200" },
    record: { type: "boolean", default: false },
  },
});
const [name = ""] = positionals;
const { smollm2File } = await import("../../../benchmarks/model-files/smollm2.ts");
const model = values.model === "smollm2" ? smollm2File() : values.model;

/** V8 doubles its young generation when it likes; fixed, what grows is ours. */
const steady = ["--min-semi-space-size=16", "--max-semi-space-size=16"];

const soaks: Readonly<Record<string, () => Promise<object>>> = {
  load: () =>
    withServer([model, "--max-sequences", "32"], (server) =>
      load(server, {
        ...{ clients: Number(values.clients ?? 32), seconds: Number(values.seconds) },
        ...{ aloneSeconds: 15, maxTokens: 64 },
      }),
    ),
  queue: () =>
    withServer([model, "--max-sequences", "8", "--queue", "64"], (server) =>
      queue(server, { clients: Number(values.clients ?? 1000) }),
    ),
  memory: () =>
    withServer(
      [model, "--kv-memory", "8MB"],
      (server) => memory(server, { requests: Number(values.requests), samples: 20 }),
      steady,
    ),
  kills: () =>
    withServer(
      [model, "--kv-memory", "32MB"],
      (server) => kills(server, { kills: Number(values.kills), atOnce: 8 }),
      steady,
    ),
};

async function withServer(
  args: readonly string[],
  use: (server: ServerProcess) => Promise<object>,
  nodeOptions: readonly string[] = [],
): Promise<object> {
  const server = await ServerProcess.start(args, nodeOptions);
  try {
    const report = await use(server);
    return { ...report, exitCode: await server.stop() };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

const soak = soaks[name];
if (!soak) throw new Error(`no soak ${JSON.stringify(name)}; expected ${Object.keys(soaks).join(", ")}`);
const busy = loadavg()[0];
const report = {
  ...{ date: new Date().toISOString().slice(0, 10), node: process.version, model: values.model },
  ...{ cores: cpus().length, loadBefore: Math.round((busy ?? 0) * 100) / 100 },
  ...(await soak()),
};
console.log(JSON.stringify(report, null, 2));
if (values.record) {
  const file = new URL("../../../docs/serve-soak.json", import.meta.url);
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as object) : {};
  const key = name === "load" ? `load, ${values.model}` : name;
  writeFileSync(file, await format(JSON.stringify({ ...known, [key]: report }), { parser: "json", printWidth: 120 }));
}
