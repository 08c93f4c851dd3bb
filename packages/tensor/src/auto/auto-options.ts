import type { OptionNames } from "../option-names.ts";

/** What `createBackend("auto", …)` takes beside the options of the backends that it may choose. */
export interface AutoOptions {
  /**
   * Bytes of the weights that are to be loaded, or what will tell them: a graphics card without room for them is not taken.
   * Default: not looked at.
   */
  readonly needBytes?: number | Promise<number>;
  /** Takes a WebGPU adapter that computes on the processor, too, where wasm is faster: for tests. Default: false. */
  readonly acceptSoftware?: boolean;
}

export const autoOptions: OptionNames<AutoOptions> = { needBytes: true, acceptSoftware: true };
