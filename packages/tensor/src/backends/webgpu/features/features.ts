import type { Device } from "../device/device.ts";
import type { WebGpuBackendOptions } from "../options.ts";

/** What a device may be able to do, in the words of WebGPU and WGSL, where kernels have a variant for it. */
export const variantFeatures = ["shader-f16", "subgroups", "packed_4x8_integer_dot_product"] as const;

export type VariantFeature = (typeof variantFeatures)[number];

type FeatureOptions = Pick<WebGpuBackendOptions, "features" | "activations">;

/** Which optional features kernels use, and why not the others. */
export class Features {
  readonly #reasons = new Map<VariantFeature, string>();

  constructor(device: Device, options: FeatureOptions = {}) {
    for (const name of variantFeatures) {
      const reason = whyNot(name, device, options);
      if (reason !== null) this.#reasons.set(name, reason);
    }
  }

  has(name: VariantFeature): boolean {
    return !this.#reasons.has(name);
  }

  get used(): readonly VariantFeature[] {
    return variantFeatures.filter((name) => this.has(name));
  }

  /** From now on plain kernels are used instead. */
  turnOff(name: VariantFeature, reason: string): void {
    this.#reasons.set(name, reason);
  }

  /** Does something with the kernels that do without some. */
  without<T>(names: readonly VariantFeature[], work: () => T): T {
    const before = new Map(this.#reasons);
    for (const name of names) this.#reasons.set(name, "left out for a time");
    try {
      return work();
    } finally {
      for (const name of names) {
        const reason = before.get(name);
        if (reason === undefined) this.#reasons.delete(name);
        else this.#reasons.set(name, reason);
      }
    }
  }

  /** `features` are those used, `unusedFeatures` the others, each with the reason. */
  info(): Readonly<Record<"features" | "unusedFeatures", string>> {
    const unused = variantFeatures.flatMap((name) => {
      const reason = this.#reasons.get(name);
      return reason === undefined ? [] : [`${name} (${reason})`];
    });
    return { features: this.used.join(" ") || "none", unusedFeatures: unused.join(", ") || "none" };
  }
}

function whyNot(name: VariantFeature, device: Device, { features, activations }: FeatureOptions): string | null {
  if (features === "none") return 'features is "none"';
  if (!device.features.has(name)) return "the device has none";
  if (device.isFallback) return "a processor plays this device, and plain kernels are faster on it";
  if (name === "packed_4x8_integer_dot_product" && activations !== "rounded")
    return 'it rounds activations, which activations: "rounded" allows';
  return null;
}
