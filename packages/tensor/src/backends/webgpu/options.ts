import { ArgumentError } from "../../errors.ts";
import { checkOptionNames, type OptionNames } from "../../option-names.ts";

export interface WebGpuBackendOptions {
  /** Which adapter the browser is asked for, where there are several. Default: the fast one. */
  readonly powerPreference?: "low-power" | "high-performance";
  /** `none` = no optional feature of the device is used, even where it is there. Default: those that passed a test. */
  readonly features?: "auto" | "none";
  /**
   * `rounded` = in products of more than eight rows with matrices in q4_0 and q8_0, activations are rounded to 8 and to 16 bits, each 32
   * by a scale of their own, as wasm does, where the device multiplies packed bytes. Default: `f32`, as they are.
   */
  readonly activations?: "f32" | "rounded";
  /** Submits each op alone, so that an error of the device names it. Slow. Default: false. */
  readonly debug?: boolean;
  /** Lowers the device's limit for one storage, to leave room for others. */
  readonly maxStorageBytes?: number;
  /** In Node: flags for Dawn, such as `enable-dawn-features=allow_unsafe_apis`. */
  readonly dawnFlags?: readonly string[];
}

export const webGpuOptions: OptionNames<WebGpuBackendOptions> = {
  powerPreference: true,
  features: true,
  activations: true,
  debug: true,
  maxStorageBytes: true,
  dawnFlags: true,
};

const choices: Readonly<Record<"powerPreference" | "features" | "activations", readonly string[]>> = {
  powerPreference: ["low-power", "high-performance"],
  features: ["auto", "none"],
  activations: ["f32", "rounded"],
};

/** @throws ArgumentError for a name that is no option, or a value that is none of its choices */
export function checkWebGpuOptions(options: WebGpuBackendOptions): void {
  checkOptionNames("the webgpu backend", options, webGpuOptions);
  for (const [name, expected] of Object.entries(choices)) {
    const given: unknown = options[name as keyof typeof choices];
    if (given !== undefined && !expected.includes(given as string))
      throw new ArgumentError(name, `is ${JSON.stringify(given)}; expected ${expected.join(" or ")}`, {
        given,
        expected,
      });
  }
}
