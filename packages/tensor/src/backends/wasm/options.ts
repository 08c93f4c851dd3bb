import type { OptionNames } from "../../option-names.ts";
import type { Codegen } from "./codegen/choose.ts";
import type { Build } from "./module.ts";

export interface WasmBackendOptions {
  /**
   * Threads that share one op, the calling one included. Default: the physical cores, at most 8; 1 where there is no shared
   * memory or no worker starts, of which `info().threadsReason` tells.
   */
  readonly threads?: number;
  /** `relaxed` = fused multiply-add and 8-bit dot products, `plain` = baseline SIMD. Default: the best that runs. */
  readonly simd?: "auto" | Build;
  /**
   * `wide` = V8 in Node pairs 128-bit operations into 256-bit ones, for products up to twice as fast with the same bits.
   * It compiles all kernels at once (about 0.3 s in which the process waits) with flags that are V8's experiments, compares
   * them with plain code, and stays plain where it has no such code or another bit comes out: `info().codegen` says which
   * it is, `codegenReason` why it is plain. `plain` = as written. `auto`, the default, is plain: the flags are the
   * process's. The `helium` command asks for wide code.
   */
  readonly codegen?: "auto" | Codegen;
  /** Most bytes of a linear memory; default and limit 4 GiB. Matrices that find no room there get further memories. */
  readonly maxMemoryBytes?: number;
}

export const wasmOptions: OptionNames<WasmBackendOptions> = {
  threads: true,
  simd: true,
  codegen: true,
  maxMemoryBytes: true,
};
