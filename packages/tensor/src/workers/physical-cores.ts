import type * as NodeFs from "node:fs";
import type * as NodeOs from "node:os";
import { isNode, nodeModule } from "./node-module.ts";

/** More threads than this meet the memory's limit before they help. */
const CAP = 8;

/** Threads that do not share a core, as far as the platform tells; at least 1. */
export async function physicalCores(): Promise<number> {
  if (!isNode()) return Math.max(1, Math.min(CAP, navigator.hardwareConcurrency));
  const os = await nodeModule<typeof NodeOs>("os");
  const available = os.availableParallelism();
  return Math.max(1, Math.min(CAP, available, (await linuxCores(os)) ?? available));
}

/** Linux lists for each logical processor those on its core. Null elsewhere, or where a permission to look is missing. */
async function linuxCores(os: typeof NodeOs): Promise<number | null> {
  if (process.platform !== "linux") return null;
  const { readFileSync } = await nodeModule<typeof NodeFs>("fs");
  const cores = new Set<string>();
  try {
    for (let cpu = 0, logical = os.cpus().length; cpu < logical; cpu++)
      cores.add(readFileSync(`/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`, "utf8").trim());
  } catch {
    return null;
  }
  return cores.size;
}
