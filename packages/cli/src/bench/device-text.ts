import type { KernelProfile, Roof } from "@helium-lm/tensor/backends/webgpu";
import { formatBytes, formatCount, formatNumber, formatShare } from "../terminal/quantities.ts";
import { alignColumns } from "../terminal/text-layout.ts";
import type { BenchRun } from "./bench-report.ts";
import type { DeviceProfile, DeviceReport } from "./device-report.ts";

/** Sections about a device: what it is, then a table of kernels for each profile. The first line of each is its heading. */
export function deviceSections({ backend, device }: Pick<BenchRun, "backend" | "device">): string[][] {
  if (device === null) return [];
  const { prefill, decode } = device.profiles;
  return [
    ["device", ...alignColumns(deviceRows(backend, device))],
    ...(prefill ? [kernelTable(`a prompt of ${formatCount(prefill.tokens)} tokens`, prefill, 1, device.roof)] : []),
    ...(decode ? [kernelTable("a token that is written", decode, decode.tokens, device.roof)] : []),
  ];
}

function deviceRows(backend: BenchRun["backend"], { limits, roof }: DeviceReport): string[][] {
  const names = ["vendor", "architecture", "device", "description"].map((key) => backend[key]).filter(Boolean);
  const software = backend["software"] === true ? "; a processor plays it" : "";
  return [
    ["adapter", `${names.join(", ") || "unnamed"}${software}`],
    ["features", `${backend["features"]}; not used: ${backend["unusedFeatures"]}`],
    [
      "limits",
      [
        `${formatBytes(limits.storageBytes)} a storage`,
        `${limits.storages} storages a kernel`,
        `${limits.threads} threads a workgroup with ${formatBytes(limits.sharedBytes)}`,
        `${formatCount(limits.groups)} workgroups in a row`,
      ].join(", "),
    ],
    [
      "roof",
      `${billions(roof.bytesPerSecond)} GB/s in sweeps over ${formatBytes(roof.sweptBytes)}, ${billions(roof.flopsPerSecond)} GFLOP/s in registers`,
    ],
    [
      "bytes",
      "each operand of a kernel once; keys and values as far as their tables reach, which may be more than is read",
    ],
  ];
}

/** @param parts parts that the profile is given per: tokens of it, or 1 for the whole */
function kernelTable(what: string, profile: DeviceProfile, parts: number, roof: Roof): string[] {
  const { kernels, seconds: whole, clock } = profile;
  const inKernels = kernels.reduce((sum, { seconds }) => sum + seconds, 0);
  const share = (seconds: number): string => formatShare(whole > 0 ? seconds / whole : 0).trim();
  const ms = (seconds: number): string => formatNumber((seconds * 1000) / parts);
  const row = (kernel: KernelProfile): string[] => [
    kernel.kernel.trim(),
    formatNumber(kernel.calls / parts),
    ms(kernel.seconds),
    share(kernel.seconds),
    rate(kernel.bytes, kernel.seconds),
    rate(kernel.flops, kernel.seconds),
    formatShare(shareOfRoof(kernel, roof)).trim(),
  ];
  const sumOf = (what: "calls" | "bytes" | "flops"): number => kernels.reduce((sum, kernel) => sum + kernel[what], 0);
  const all = { calls: sumOf("calls"), bytes: sumOf("bytes"), flops: sumOf("flops") };
  const source =
    clock === "timestamps"
      ? "by its timestamps, each kernel in a pass of its own"
      : "by the host's clock, each kernel submitted alone: rough, for the device has no timestamp-query";
  return [
    `${what}: ${ms(whole)} ms on the device, ${source}`,
    ...alignColumns([
      ["kernel", "calls", "ms", "share", "GB/s", "GFLOP/s", "of the roof"],
      ...kernels.map(row),
      ["between kernels", "", ms(whole - inKernels), share(whole - inKernels), "", "", ""],
      row({ kernel: "in all", seconds: whole, ...all }),
    ]).map((line) => line.trimEnd()),
  ];
}

/** How near a kernel comes to the one of both bounds that it is nearer to. */
export function shareOfRoof({ bytes, flops, seconds }: KernelProfile, roof: Roof): number {
  if (seconds === 0) return 0;
  return Math.max(bytes / roof.bytesPerSecond, flops / roof.flopsPerSecond) / seconds;
}

const billions = (value: number): string => formatNumber(value / 1e9);

const rate = (amount: number, seconds: number): string =>
  amount > 0 && seconds > 0 ? billions(amount / seconds) : "–";
