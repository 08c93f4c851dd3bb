import { statfsSync } from "node:fs";
import { HeliumLmError } from "@helium-lm/tensor";

const GIGABYTE = 1e9;

/** @throws HeliumLmError unless the disk of a folder has room for so many bytes, and a gigabyte beside them */
export function checkDisk(folder: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free > bytes + GIGABYTE) return;
  const needed = `${(free / GIGABYTE).toFixed(1)} GB are free, ${((bytes + GIGABYTE) / GIGABYTE).toFixed(1)} needed`;
  throw new HeliumLmError(folder, `${needed}; free some, or set HELIUM_LM_BENCH_CACHE to another disk`);
}
