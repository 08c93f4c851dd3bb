/**
 * Writes the results of the tests as files, for scripts/reference/eval/check_output_files.py:
 * `node --import ./scripts/workspace-sources.ts packages/eval/test/report/write-output-files.ts FOLDER`.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { htmlReport, outputNames, resultsJson, samplesJsonl, sampleHashes } from "@helium-lm/eval";
import { samplePair, sampleResults } from "../helpers/sample-results.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("name the folder to write to");

const [choice, answer] = await Promise.all(
  samplePair.map(async (sample) => {
    const [request] = sample.requests;
    const prompt = request && "context" in request ? request.context : "";
    return { ...sample, hashes: await sampleHashes({ ...sample, prompt }) };
  }),
);
if (!choice || !answer) throw new Error("expected two samples");
const samples = new Map([
  ["arc_challenge", [choice]],
  ["nq_open", [answer]],
]);
const results = {
  ...sampleResults,
  tasks: sampleResults.tasks.map((task) => ({ ...task, samples: samples.get(task.name) ?? [] })),
};
const names = outputNames(results);
const own = join(folder, names.folder);
mkdirSync(own, { recursive: true });
writeFileSync(join(own, names.results), await resultsJson(results));
writeFileSync(join(own, names.report), htmlReport(results));
for (const { name, samples } of results.tasks)
  if (samples.length > 0) writeFileSync(join(own, names.samples(name)), [...samplesJsonl(samples)].join(""));
