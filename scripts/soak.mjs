// `npm run soak -- <name>`: the long forms of the checks (mutation, fuzz, load), which no test run waits for.
import { run } from "./toolchain.mjs";

/** name → the script that runs it and what it shows; a new soak is one line here. */
const soaks = new Map([
  [
    "mutation",
    {
      script: "scripts/mutation/mutation.ts",
      shows: "how many planted kernel bugs the conformance suite finds, one by one",
    },
  ],
  [
    "conformance-webgpu",
    {
      script: "scripts/conformance.ts",
      args: ["--backend", "webgpu", "--runs", "3", "--record"],
      shows: "that webgpu passes the whole conformance suite in headless Chromium",
    },
  ],
  [
    "mutation-above",
    {
      script: "scripts/mutation-above/mutation-above.ts",
      shows: "how many bugs planted in nn and helium the tests of their part find, one by one",
    },
  ],
  [
    "fuzz",
    { script: "scripts/soak/fuzz.ts", shows: "that no damaged file makes a parser crash, hang or take much memory" },
  ],
  [
    "wide-pairs",
    { script: "scripts/wasm/wide-pairs.ts", shows: "how many 256-bit operations V8 makes of each wasm kernel" },
  ],
  [
    "engine-memory",
    {
      script: "scripts/soak/engine-memory.ts",
      // V8 doubles the young generation when it likes (32, 64, 128 MiB); fixed, what grows is ours.
      nodeOptions: ["--min-semi-space-size=16", "--max-semi-space-size=16"],
      shows: "that memory and pages stay flat over 10,000 requests through one engine",
    },
  ],
  [
    "engine",
    {
      script: "scripts/soak/engine.ts",
      shows: "that a text does not depend, to the last bit, on who shares its engine",
    },
  ],
  [
    "hub-browser",
    { script: "scripts/soak/hub-browser.ts", shows: "that two pages may fetch a model at once, a hundred times over" },
  ],
  [
    "bundlers",
    {
      script: "scripts/soak/bundlers.ts",
      shows: "that the packed packages bundle for a page and work there, with five bundlers and Next",
    },
  ],
  [
    "grammars",
    {
      script: "scripts/soak/grammars.ts",
      shows: "that texts of random schemas are valid, and the same alone, in batches and with tokens tried ahead",
    },
  ],
  [
    "tests",
    {
      script: "scripts/soak/tests.ts",
      shows: "that tests pass with all draws and setups, what the full form leaves out too",
    },
  ],
  [
    "repeated-runs",
    {
      script: "scripts/soak/repeated-runs/repeated-runs.ts",
      shows: "that no test is red by chance, twenty runs in a row",
    },
  ],
  [
    "hostile-grammars",
    {
      script: "scripts/soak/hostile-grammars.ts",
      shows: "that no schema or grammar, however large or deep, takes more than a second or 200 MB",
    },
  ],
  ["families", { script: "scripts/soak/families.ts", shows: "the family suite over many more drawn models" }],
  [
    "recipes",
    {
      script: "scripts/recipes/follow-recipes.ts",
      shows: "that the recipes of CONTRIBUTING.md name the files that a toy needs",
    },
  ],
  [
    "json-schemas",
    {
      script: "scripts/soak/json-schemas.ts",
      shows: "which schemas of jsonschemabench are enforced, and that nothing is wrongly accepted or refused",
    },
  ],
  [
    "patterns",
    {
      script: "scripts/soak/patterns.ts",
      shows: "that the patterns of real schemas match what the platform's RegExp does",
    },
  ],
  [
    "schemathesis",
    {
      script: "scripts/soak/schemathesis.ts",
      shows: "that no request drawn from /openapi.json makes the server fail, hang or break its own description",
    },
  ],
  [
    "lm-eval",
    {
      script: "scripts/soak/lm-eval.ts",
      shows: "that lm-evaluation-harness finds behind the server what it finds on transformers",
    },
  ],
  ...[
    ["load", "that 32 streams at once get the text they get alone, how fast, and how late the event loop is"],
    ["queue", "that 1,000 clients on a queue of 64 are answered or told to come back"],
    ["memory", "that the server's memory stays flat over 10,000 requests"],
    ["kills", "that clients killed in the middle of a stream leave nothing behind"],
  ].map(([scenario, shows]) => [
    `serve-${scenario}`,
    { script: "scripts/soak/serve/run.ts", args: [scenario], shows: `${shows}, by helium serve` },
  ]),
  [
    "replicas",
    {
      script: "scripts/soak/replicas/run.ts",
      shows:
        "that replicas behind nginx find what conversations left there, and lose nothing but what a killed one computes",
    },
  ],
  [
    "batch-kills",
    {
      script: "scripts/soak/batch-kills.ts",
      shows: "that a batch killed again and again, and on a full disk, answers every line once, in order",
    },
  ],
  [
    "batch-redis",
    {
      script: "scripts/soak/batch-redis/run.ts",
      shows: "that a batch through Redis answers each line once, whatever of it is killed meanwhile",
    },
  ],
  ["parity", { script: "scripts/soak/parity.ts", shows: "random models of every family and head beside transformers" }],
]);

const [name, ...args] = process.argv.slice(2);
const soak = soaks.get(name ?? "");
if (soak === undefined) {
  const known = [...soaks].map(([key, { shows }]) => `  ${key}  ${shows}`).join("\n") || "  (none yet)";
  console.error(`soak: unknown name ${JSON.stringify(name ?? "")}; known names:\n${known}`);
  process.exit(2);
}
await run("node", [...(soak.nodeOptions ?? []), soak.script, ...(soak.args ?? []), ...args]);
