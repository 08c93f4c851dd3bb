// `npm run demo:eval`: works on a fresh clone. Installs, builds, and measures the models that ship with helium: helium-nano by
// every kind of task on the synthetic data, the classifiers on held-out lines.
import { readFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { install, root, run } from "./toolchain.mjs";

const program = "packages/cli/dist/main.js";
const out = ".cache/demo-eval";

/** A task of every kind and metric, in all six languages. */
const tasks = [
  ...[
    "mmlu",
    "arc_easy",
    "arc_challenge",
    "openbookqa",
    "commonsense_qa",
    "piqa",
    "social_iqa",
    "hellaswag",
    "winogrande",
  ],
  ...["triviaqa", "nq_open", "olmes_arc_challenge_mcf", "olmes_arc_challenge_cf"],
  ...["de", "es", "fr", "it", "pt"].flatMap((code) => [`arc_${code}`, `hellaswag_${code}`, `mkqa_${code}`]),
  ...["flores_en-de", "flores_en-fr", "flores_en-it", "spanish_bench_flores_en-es", "portuguese_bench_flores_en-pt"],
];

await install();
console.log("Building the packages, which takes up to half a minute …");
await run("npm", ["run", "build", "--silent"]);

const started = performance.now();
console.log("\nhelium-nano, eight million parameters, on questions that no benchmark has (chance is 25 to 50 %):\n");
await run("node", [
  program,
  "eval",
  ...tasks,
  "--limit",
  "5",
  "--data",
  "packages/eval/fixtures/data",
  "--out",
  out,
  "--bootstrap-iters",
  "100",
]);
await run("node", [program, "eval", "--text", "packages/eval/fixtures/text/manual.txt", "--out", `${out}/text`]);

const { rows } = JSON.parse(readFileSync(`${root}/models/helium-nano-langid/expected.json`, "utf8"));
const langid = answers(
  "classify",
  rows.map(({ text }) => text),
);
share(
  "helium-nano-langid names the language of held-out lines",
  langid.map(({ label }, i) => label === rows[i].label),
);

// Two held-out lines of different languages in one text: each token should have the language of its line.
const pairs = rows.slice(0, rows.length / 2).map((row, i) => [row, rows[rows.length - 1 - i]]);
const mixed = pairs.filter(([a, b]) => a.label !== b.label);
const tagged = answers(
  "tag",
  mixed.map(([a, b]) => `${a.text} ${b.text}`),
);
const characters = mixed.flatMap(([a, b], i) =>
  tagged[i].spans.flatMap(({ label, start, end }) =>
    Array.from({ length: end - start }, (_, at) => label === (start + at < [...a.text].length ? a : b).label),
  ),
);
share("helium-nano-codeswitch names the language of each character of two such lines", characters);
console.log(`\n${((performance.now() - started) / 1000).toFixed(0)} seconds. The report is in ${out}.`);

/** What a command prints of each text, with --json. */
function answers(command, texts) {
  const input = texts.map((text) => `${text.replaceAll("\n", " ")}\n`).join("");
  const { status, stdout, stderr } = spawnSync("node", [program, command, "--json"], {
    cwd: root,
    input,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(stderr);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** Prints the share of right ones with its standard error. */
function share(what, right) {
  const p = right.filter(Boolean).length / right.length;
  const error = Math.sqrt((p * (1 - p)) / (right.length - 1));
  console.log(`${what}: ${(100 * p).toFixed(1)} ± ${(100 * error).toFixed(1)} % of ${right.length}`);
}
