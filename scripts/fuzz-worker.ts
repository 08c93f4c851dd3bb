// Reads a range of damaged inputs for scripts/fuzz.ts, which ends this process where one of them hangs.
import "./workspace-sources.ts";

const { fuzz } = await import("../packages/helium/test/fuzz/run.ts");

type FuzzTargetName = Parameters<typeof fuzz>[0];

const [target, seed, from, runs] = process.argv.slice(2);
const report = await fuzz(target as FuzzTargetName, {
  seed: Number(seed),
  from: Number(from),
  runs: Number(runs),
  // A message each time would cost more than most inputs.
  onRun: (run) => run % 50 === 0 && process.send?.({ run }),
});
const failures = report.failures.map(({ input, ...failure }) => ({
  ...failure,
  input: input === undefined ? null : Buffer.from(input).toString("base64"),
}));
// Peak resident memory of the whole process, in bytes.
const peakBytes = process.resourceUsage().maxRSS * 1024;
process.send?.({ report: { ...report, failures, peakBytes } }, () => process.disconnect());
