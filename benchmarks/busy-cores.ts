import { cpus } from "node:os";
import { setTimeout } from "node:timers/promises";

/** Cores that other programs keep busy, over a second in which this one waits. */
export async function busyCores(): Promise<number> {
  const before = cpus();
  await setTimeout(1000);
  const busy = cpus().map(({ times }, n) => {
    const past = before[n]?.times ?? times;
    const total = Object.values(times).reduce((sum, time) => sum + time, 0);
    const spent = total - Object.values(past).reduce((sum, time) => sum + time, 0);
    return spent > 0 ? 1 - (times.idle - past.idle) / spent : 0;
  });
  return busy.reduce((sum, share) => sum + share, 0);
}
