/** Goes before the server in its process: answers messages with how late its event loop was, and how much memory it has. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

export interface Probed {
  /** Delay of the event loop since the last question, in ms beyond the 1 ms in which it is looked at. */
  readonly lagMs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly rssMiB: number;
}

const RESOLUTION_MS = 1;
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();
setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

const ms = (nanoseconds: number): number => Math.max(0, Math.round(nanoseconds / 1e4) / 100 - RESOLUTION_MS);

process.on("message", (question: "probe" | "collect") => {
  const lagMs = { p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max) };
  if (question === "collect") gc();
  const probed: Probed = { lagMs, rssMiB: Math.round(process.memoryUsage().rss / 2 ** 16) / 16 };
  process.send?.(probed);
  // The collection itself is no lag of the server.
  setTimeout(() => delay.reset(), 50).unref();
});
process.channel?.unref();
