import { availableParallelism, cpus, totalmem } from "node:os";
import { setTimeout as after } from "node:timers/promises";

/** What speeds depend on besides the program. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** `linux-x64` */
  readonly platform: string;
  /** Versions of the engine: `Node 24.1.0`, `V8 13.6`. */
  readonly runtime: Readonly<Record<string, string>>;
  /** Cores that other programs kept busy before the first test. */
  readonly busyCores: number;
}

/** Time over which other programs are watched, in ms. */
const WATCHED_MS = 300;

export async function machineHere(): Promise<Machine> {
  const { node, v8, bun, deno } = process.versions;
  const runtime = Object.entries({ Node: node, V8: v8, Bun: bun, Deno: deno }).filter(([, version]) => version);
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    platform: `${process.platform}-${process.arch}`,
    runtime: Object.fromEntries(runtime) as Record<string, string>,
    busyCores: await busyCores(),
  };
}

/** Cores that are at work while this program waits. */
async function busyCores(): Promise<number> {
  const worked = (): number =>
    cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
  const [before, start] = [worked(), performance.now()];
  await after(WATCHED_MS);
  return Number(((worked() - before) / (performance.now() - start)).toFixed(2));
}
