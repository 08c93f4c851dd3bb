// node scripts/soak/pause-processes.ts PID MS: stops a process below PID now and then, for MS ms at most, and lets it go on, as
// a machine does that is short of cores or of memory. What relies on who comes first is red far sooner than on busy cores.
// Linux only: processes are read from /proc.
import { randomInt } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Between two that are stopped, in ms. */
const EVERY_MS = 150;
const SHORTEST_MS = 20;

const [root = 0, longestMs = 0] = process.argv.slice(2).map(Number);

interface Running {
  readonly name: string;
  /** The process above it. */
  readonly parent: number;
  readonly group: number;
  readonly session: number;
}

/** Processes that run; one that somebody else has stopped stays stopped, and is not among them. */
function running(): Map<number, Running> {
  const found = new Map<number, Running>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // "pid (name of the program) state parent group session …"
      const [, program = "", state, ...ids] =
        /^\d+ \((.*)\) (\S) (\d+) (\d+) (\d+) /s.exec(readFileSync(`/proc/${name}/stat`, "utf8")) ?? [];
      const [parent = 0, group = 0, session = 0] = ids.map(Number);
      if (state !== "T" && state !== "Z") found.set(Number(name), { name: program, parent, group, session });
    } catch {
      // It has ended.
    }
  }
  return found;
}

/**
 * All processes below `root` that may be stopped: not this one, and none whose stop another program takes for a wish. `script` stops
 * with its child and stays so; a shell at a terminal of its own goes on without a job that was stopped, as after Ctrl-Z.
 */
function below(): number[] {
  const all = running();
  const isBelow = (pid: number | undefined): boolean => {
    const parent = pid === undefined ? undefined : all.get(pid)?.parent;
    return parent !== undefined && parent !== 0 && (parent === root || isBelow(parent));
  };
  const isWatched = ({ parent, group, session }: Running): boolean =>
    all.get(parent)?.name === "script" || (session !== all.get(root)?.session && group !== session);
  return [...all].filter(([pid, one]) => pid !== process.pid && !isWatched(one) && isBelow(pid)).map(([pid]) => pid);
}

/** @returns whether there was one */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

const stopped = new Set<number>();
const goOn = (): void => stopped.forEach((pid) => signal(pid, "SIGCONT"));
process.on("exit", goOn);
process.on("SIGTERM", () => process.exit());

while (signal(root, 0)) {
  const left = below().filter((pid) => !stopped.has(pid));
  const pid = left.length > 0 ? left[randomInt(left.length)] : undefined;
  if (pid !== undefined && signal(pid, "SIGSTOP")) {
    stopped.add(pid);
    // Short stops are as likely as long ones, on a logarithmic scale.
    const forMs = SHORTEST_MS * (longestMs / SHORTEST_MS) ** (randomInt(1000) / 1000);
    setTimeout(() => {
      stopped.delete(pid);
      signal(pid, "SIGCONT");
    }, forMs);
  }
  await sleep(EVERY_MS);
}
