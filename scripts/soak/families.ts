/**
 * `npm run soak -- families [--runs 200] [--seed 7] [--family helium] [--backend cpu]`: the family suite over many more
 * drawn models than a test run waits for.
 */
import { parseArgs } from "node:util";
import "../workspace-sources.ts";

const { families } = await import("../../packages/helium/src/families/index.ts");
const { runFamily } = await import("../../packages/helium/src/testing/run-family.ts");

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "200" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    family: { type: "string", multiple: true },
    backend: { type: "string", default: "cpu" },
  },
});
const wholeNumber = (flag: "runs" | "seed"): number => {
  const value = Number(values[flag]);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new Error(`--${flag}: ${JSON.stringify(values[flag])}; expected a whole number`);
};
const [runs, seed] = [wholeNumber("runs"), wholeNumber("seed")];

for (const family of values.family ?? Object.keys(families)) {
  const started = performance.now();
  const outcomes = await runFamily(family, { backend: values.backend, runs, seed });
  const failed = outcomes.filter(({ status }) => status === "failed");
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `${family} on ${values.backend}: ${outcomes.length - failed.length} of ${outcomes.length} checks pass, ` +
      `${runs} models each, seed ${seed}, ${seconds} s`,
  );
  for (const { message } of failed) console.error(message);
  if (failed.length > 0) process.exitCode = 1;
}
