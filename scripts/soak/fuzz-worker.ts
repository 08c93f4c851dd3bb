// Reads a range of inputs for scripts/soak/fuzz.ts, which ends this process where one of them hangs.
import "../workspace-sources.ts";

const { fuzz } = await import("../../testing/fuzz/fuzz.ts");
const { isLarge } = await import("../../testing/fuzz/inputs.ts");
const { peakMeter } = await import("../../testing/fuzz/meter.ts");

type FuzzTargetName = Parameters<typeof fuzz>[0];

const [target = "", ...numbers] = process.argv.slice(2);
const [seed = 0, from = 0, to = 0, large = 0, mostBytes = 0] = numbers.map(Number);
const collect = globalThis.gc;
if (collect === undefined) throw new Error("needs --expose-gc");

const options = { seed, meter: peakMeter(() => collect()), mostBytes };

function* range(first: number, end: number): Generator<number> {
  for (let run = first; run < end; run++) if (isLarge(run) === (large === 1)) yield run;
}

// Compiled code and tables are made by the first inputs, of which no single one is guilty.
const warmUp = Array.from({ length: Math.min(1000, to - from) }, (_, n) => from + n);
await fuzz(target as FuzzTargetName, { ...options, runs: warmUp.filter((run) => !isLarge(run)) });
let last = -Infinity;
const report = await fuzz(target as FuzzTargetName, {
  ...options,
  runs: range(from, to),
  // A message each time would cost more than most inputs.
  onRun: (run) => {
    if (large === 0 && run - last < 50) return;
    last = run;
    process.send?.({ run });
  },
});
process.send?.({ report }, () => process.disconnect());
