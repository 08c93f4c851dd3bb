import { createHash } from "node:crypto";
import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";

/** Names a run of a process by machine, id and start: `3fa9c1d2e4b5-1234-56789`. Start 0: not known on this system. */
export type ProcessMark = string;

const pattern = /^([0-9a-f]{12})-(\d+)-(\d+)$/;

let machine: Promise<string> | undefined;
let own: Promise<ProcessMark> | undefined;

/** The mark of the running process. */
export function ownProcessMark(): Promise<ProcessMark> {
  own ??= (async () => {
    const start = (await statOf(process.pid))?.start ?? "0";
    return `${await ownMachine()}-${process.pid}-${start}`;
  })();
  return own;
}

/** The process id in a mark of this machine; null for other machines, and for what is not a mark. */
export async function localProcess(mark: ProcessMark): Promise<number | null> {
  const [, host, pid] = pattern.exec(mark) ?? [];
  return host === (await ownMachine()) ? Number(pid) : null;
}

/** Whether the process of a mark is known to have ended; false where that cannot be told, as of other machines. */
export async function hasEnded(mark: ProcessMark): Promise<boolean> {
  const pid = await localProcess(mark);
  if (pid === null) return false;
  if (!isAlive(pid)) return true;
  const [, , , start] = pattern.exec(mark) ?? [];
  const found = await statOf(pid);
  // Another process may have got its id, and one that nobody has waited for yet holds nothing any more.
  return found !== null && start !== "0" && (found.start !== start || found.state === "Z");
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** State and start of a process, in ticks since the machine started; null where the system does not tell. */
async function statOf(pid: number): Promise<{ readonly state: string; readonly start: string } | null> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The name before them is in parentheses and may hold anything.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, start] = [fields[0], fields[19]];
  return state !== undefined && start !== undefined ? { state, start } : null;
}

/** Process ids count within a machine, since its start, and within a container. */
function ownMachine(): Promise<string> {
  machine ??= (async () => {
    const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
    const container = await readlink("/proc/self/ns/pid").catch(() => "");
    return createHash("sha256").update([hostname(), boot, container].join("\n")).digest("hex").slice(0, 12);
  })();
  return machine;
}
