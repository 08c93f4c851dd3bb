import type { StorageSpec } from "../../../contract/operand.ts";
import { BackendError } from "../../../errors.ts";

type DenseSpec = Extract<StorageSpec, { readonly kind: "dense" }>;

/** What one device can do, as far as kernels ask. */
export interface DeviceLimits {
  /** Bytes of one storage. */
  readonly storageBytes: number;
  /** Workgroups along one dimension of a grid. */
  readonly groups: number;
  /** Threads of a workgroup. */
  readonly threads: number;
  /** Bytes that the threads of a workgroup share. */
  readonly sharedBytes: number;
  /** Storages that one kernel can use. */
  readonly storages: number;
}

/** Names of the limits that are asked for as high as the adapter has them. */
export const askedLimits = [
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupsPerDimension",
  "maxStorageBuffersPerShaderStage",
] as const;

/** @param most lowers the limit of one storage */
export function deviceLimits(limits: GPUSupportedLimits, most = Infinity): DeviceLimits {
  return {
    storageBytes: Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize, most),
    groups: limits.maxComputeWorkgroupsPerDimension,
    threads: Math.min(limits.maxComputeInvocationsPerWorkgroup, limits.maxComputeWorkgroupSizeX),
    sharedBytes: limits.maxComputeWorkgroupStorageSize,
    storages: limits.maxStorageBuffersPerShaderStage,
  };
}

/** @throws BackendError when so many bytes cannot be one storage */
export function checkStorageBytes({ storageBytes }: DeviceLimits, bytes: number, spec: DenseSpec): void {
  if (bytes <= storageBytes) return;
  const mend = spec.weights
    ? "rows of a multiple of 32 columns would be split; use a smaller dtype, a block format such as q8_0, or another backend"
    : "compute fewer rows or tokens at a time, split the tensor, use a smaller dtype or another backend";
  throw new BackendError(
    "webgpu",
    `a storage of ${bytes} bytes of ${spec.dtype} exceeds this device's limit of ${storageBytes}; ${mend}`,
    { bytes, limit: storageBytes },
  );
}

/** So many workgroups as a grid: a second dimension takes what the first cannot. @throws BackendError */
export function gridOf(op: string, groups: number, { groups: most }: DeviceLimits): readonly [number, number] {
  if (groups <= most) return [groups, 1];
  const rows = Math.ceil(groups / most);
  if (rows > most)
    throw new BackendError(op, `needs ${groups} workgroups, this device starts ${most ** 2} at most; split the tensor`);
  return [Math.ceil(groups / rows), rows];
}
