import fc from "fast-check";
import { expect, it } from "vitest";
import type { DeviceReport } from "./device-report.ts";
import { deviceSections, shareOfRoof } from "./device-text.ts";

const roof = { bytesPerSecond: 100e9, flopsPerSecond: 1000e9, sweptBytes: 2 ** 28 };

const device: DeviceReport = {
  limits: { storageBytes: 2 ** 30, groups: 65_535, threads: 256, sharedBytes: 32_768, storages: 12 },
  roof,
  profiles: {
    prefill: null,
    decode: {
      ...{ clock: "timestamps", tokens: 2, seconds: 0.01 },
      kernels: [
        { kernel: "product", calls: 12, seconds: 0.006, bytes: 300e6, flops: 600e6 },
        { kernel: "rope", calls: 4, seconds: 0.002, bytes: 2e6, flops: 0 },
      ],
    },
  },
};

const backend = {
  ...{ backend: "webgpu", vendor: "acme", architecture: "one", device: "", description: "Acme 1", software: false },
  ...{ features: "subgroups", unusedFeatures: "none" },
};

it("names the device and gives each kernel's part of a token, its rates and its share of the roof", () => {
  expect(deviceSections({ backend, device })).toEqual([
    [
      "device",
      "adapter   acme, one, Acme 1",
      "features  subgroups; not used: none",
      "limits    1.1 GB a storage, 12 storages a kernel, 256 threads a workgroup with 32.8 kB, 65,535 workgroups in a row",
      "roof      100 GB/s in sweeps over 268.4 MB, 1000 GFLOP/s in registers",
      "bytes     each operand of a kernel once; keys and values as far as their tables reach, which may be more than is read",
    ],
    [
      "a token that is written: 5 ms on the device, by its timestamps, each kernel in a pass of its own",
      "kernel           calls  ms  share    GB/s  GFLOP/s  of the roof",
      "product          6      3   60.0 %   50    100      50.0 %",
      "rope             2      1   20.0 %   1     –        1.0 %",
      "between kernels         1   20.0 %",
      "in all           8      5   100.0 %  30.2  60       30.2 %",
    ],
  ]);
  expect(deviceSections({ backend, device: null })).toEqual([]);
});

it("says where times are the host's", () => {
  const decode = device.profiles.decode && { ...device.profiles.decode, clock: "submits" as const };
  const [, [heading] = []] = deviceSections({ backend, device: { ...device, profiles: { prefill: null, decode } } });
  expect(heading).toBe(
    "a token that is written: 5 ms on the device, by the host's clock, each kernel submitted alone: rough, for the device has no timestamp-query",
  );
});

it("is at the roof when either bound is met, and at no share of it in no time", () => {
  const amount = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(amount, amount, (bytes, flops) => {
      const kernel = { kernel: "", calls: 1, seconds: 2, bytes: bytes * 200e9, flops: flops * 2000e9 };
      expect(shareOfRoof(kernel, roof)).toBeCloseTo(Math.max(bytes, flops), 9);
      expect(shareOfRoof({ ...kernel, seconds: 0 }, roof)).toBe(0);
    }),
    { seed: 1 },
  );
});
