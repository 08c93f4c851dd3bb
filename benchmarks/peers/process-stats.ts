import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks per second in which Linux tells processor time. */
const TICKS = 100;

/** Most memory that a process has had resident, as Linux counts it; 0 elsewhere or when it is gone. */
export function peakBytesOf(pid: number): number {
  try {
    const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return Number(found?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Processor time that a process has taken in all its threads, as Linux counts it; NaN elsewhere or when it is gone. */
export function processorSecondsOf(pid: number): number {
  const [user, system] = statOf(pid)?.slice(11, 13).map(Number) ?? [];
  return ((user ?? NaN) + (system ?? NaN)) / TICKS;
}

/** The processes that descend from `root`, itself not among them. Linux only; elsewhere none. */
export function descendantsOf(root: number): number[] {
  const parents = new Map<number, number>();
  try {
    for (const name of readdirSync("/proc")) {
      const parent = /^\d+$/.test(name) ? parentOf(name) : undefined;
      if (parent !== undefined) parents.set(Number(name), parent);
    }
  } catch {
    return [];
  }
  const found = new Set([root]);
  for (let before = 0; before !== found.size;) {
    before = found.size;
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid);
  }
  found.delete(root);
  return [...found];
}

function parentOf(pid: string): number | undefined {
  const parent = statOf(pid)?.[1];
  return parent === undefined ? undefined : Number(parent);
}

/** Fields of `/proc/PID/stat` from the third on: "pid (name) state parent …"; the name may hold anything, brackets too. */
function statOf(pid: number | string): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}
