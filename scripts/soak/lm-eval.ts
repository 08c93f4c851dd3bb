/**
 * `npm run soak -- lm-eval --python /tmp/lm-eval/bin/python [--tasks arc_easy,piqa]`: lm-evaluation-harness scores helium-nano behind
 * our server (`local-completions`: token ids go there, and the log-probabilities of the echoed prompt come back), beside what it
 * makes of the same model on transformers. scripts/reference/eval/ask_server.py says what that Python needs.
 * docs/lm-eval-soak.json has the last whole run.
 */
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { promisify, parseArgs } from "node:util";
import { format } from "prettier";
import "../workspace-sources.ts";

const { ModelServer, modelEntry } = await import("../../packages/serve/src/index.ts");
const { listen } = await import("../../packages/serve/src/node/index.ts");

/** The bar of a sum of log-probabilities. */
const TOLERANCE = 1e-3;

interface Told {
  readonly lm_eval: string;
  readonly backend: string;
  readonly tasks: Readonly<
    Record<
      string,
      {
        readonly loglikelihoods: readonly (readonly number[])[];
        readonly metrics: Readonly<Record<string, number>>;
      }
    >
  >;
}

interface ExpectedTask {
  readonly metrics: Readonly<Record<string, number>>;
  readonly "helium-nano": readonly (readonly number[])[];
}

const root = new URL("../../", import.meta.url);
const { tasks: expected, versions } = JSON.parse(
  readFileSync(new URL("packages/eval/fixtures/expected/loglikelihoods.json", root), "utf8"),
) as { readonly tasks: Readonly<Record<string, ExpectedTask>>; readonly versions: Readonly<Record<string, string>> };

const { values } = parseArgs({
  options: { python: { type: "string", default: ".venv/bin/python" }, tasks: { type: "string", default: "" } },
});
const names = values.tasks === "" ? Object.keys(expected) : values.tasks.split(",");

const engine = { maxTokens: 65_536, kvDType: "f32" } as const;
const server = new ModelServer({
  models: [modelEntry("helium-nano", new URL("models/helium-nano", root).pathname, { dtype: "f32", engine })],
});
const { url, close } = await listen(server, { port: 0 });

/** What the harness finds. */
async function ask(
  tasks: readonly string[],
  ...options: readonly string[]
): Promise<Told & { readonly seconds: number }> {
  const script = new URL("scripts/reference/eval/ask_server.py", root).pathname;
  const started = performance.now();
  const args = [script, "--url", url, ...options, "--tasks", ...tasks];
  const { stdout } = await promisify(execFile)(values.python, args, { maxBuffer: 2 ** 28 });
  const told = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Told;
  return { ...told, seconds: Math.round((performance.now() - started) / 1000) };
}

/** Largest difference of two tables of the same form. */
function farthest(given: readonly (readonly number[])[], other: readonly (readonly number[])[]): number {
  if (given.map(({ length }) => length).join() !== other.map(({ length }) => length).join()) return Infinity;
  return Math.max(...given.flatMap((row, i) => row.map((value, j) => Math.abs(value - (other[i]?.[j] ?? NaN)))));
}

const [one, ...rest] = names as [string, ...string[]];
const whole = await ask([one, ...rest], "--batch", "8", "--concurrent", "2");
const rows = names.map((name) => {
  const told = whole.tasks[name];
  const want = expected[name];
  const metrics = Object.entries(want?.metrics ?? {}).filter(([key]) => !key.includes("stderr"));
  return {
    task: name,
    requests: told?.loglikelihoods.flat().length ?? 0,
    farthest: farthest(told?.loglikelihoods ?? [], want?.["helium-nano"] ?? []),
    otherMetrics: metrics.filter(([key, value]) => told?.metrics[key] !== value).map(([key]) => key),
  };
});
// One prompt in each request, and texts that the server itself cuts: both without a token that begins them.
const own = await ask([one], "--no-bos");
const remote = await ask([one], "--no-bos", "--backend", "auto");
const cutByServer = farthest(own.tasks[one]?.loglikelihoods ?? [], remote.tasks[one]?.loglikelihoods ?? []);
await close();
server.dispose();

const summary = {
  date: new Date().toISOString().slice(0, 10),
  node: process.versions.node,
  versions: { ...versions, lm_eval: whole.lm_eval },
  tolerance: TOLERANCE,
  requests: rows.reduce((sum, { requests }) => sum + requests, 0),
  seconds: whole.seconds,
  farthest: Math.max(...rows.map((row) => row.farthest)),
  tasksWithOtherMetrics: rows.filter(({ otherMetrics }) => otherMetrics.length > 0).map(({ task }) => task),
  textsCutByTheServer: { backend: remote.backend, task: one, farthest: cutByServer },
  tasks: rows.map(({ task, requests, farthest: difference }) => ({ task, requests, farthest: difference })),
};
console.log(summary);
if (!(summary.farthest <= TOLERANCE) || cutByServer !== 0 || remote.backend !== "remote") process.exitCode = 1;
if (values.tasks === "")
  writeFileSync(
    new URL("docs/lm-eval-soak.json", root),
    await format(JSON.stringify(summary), { parser: "json", printWidth: 120 }),
  );
