import type { Backend } from "../contract/backend.ts";
import { wasmOptions } from "../backends/wasm/options.ts";
import { webGpuOptions } from "../backends/webgpu/options.ts";
import { ArgumentError, BackendError } from "../errors.ts";
import { checkOptionNames } from "../option-names.ts";
import { isNode } from "../workers/node-module.ts";
import { autoOptions, type AutoOptions } from "./auto-options.ts";
import type { Verdict } from "./suitable-webgpu.ts";

type Options = Readonly<Record<string, unknown>>;

/** What `auto` chooses among. */
export interface Candidates {
  /** Null where the engine has no WebGPU, or keeps it for who asks for it by name. */
  readonly webgpu: ((options: Options, auto: AutoOptions) => Promise<Verdict>) | null;
  /** Those that compute on the processor, the fastest first. */
  readonly processor: readonly (readonly [name: string, create: (options: Options) => Promise<Backend>])[];
}

/** In a page or worker with `navigator.gpu`, by code that others do not load. In Node a card is for who asks for it by name. */
export const webGpuOfPage = (): Candidates["webgpu"] =>
  isNode() || typeof navigator !== "object" || !("gpu" in navigator)
    ? null
    : async (options, auto) => (await import("./suitable-webgpu.ts")).suitableWebGpu(options, auto);

/**
 * The fastest backend that runs here: in pages webgpu, where a graphics card computes right and has room; else the first on the
 * processor. `info().autoReason` says why where there was a choice.
 *
 * @throws BackendError when none runs; ArgumentError for bad options
 */
export async function autoBackend(options: Options, { webgpu, processor }: Candidates): Promise<Backend> {
  checkOptionNames('createBackend("auto")', options, { ...wasmOptions, ...webGpuOptions, ...autoOptions });
  const reasons: string[] = [];
  if (webgpu) {
    const { backend, reason } = await consider(webgpu, options);
    if (backend) return tellingWhy(backend, reason);
    reasons.push(reason);
  }
  for (const [name, create] of processor) {
    try {
      const backend = await create(part(options, wasmOptions));
      return reasons.length === 0 ? backend : tellingWhy(backend, reasons.join("; "));
    } catch (error) {
      if (isAboutOptions(error)) throw error;
      reasons.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new BackendError("createBackend", `no backend runs here (${reasons.join("; ")})`, { reasons });
}

/** Who says how wasm is to run wants wasm. */
async function consider(webgpu: NonNullable<Candidates["webgpu"]>, options: Options): Promise<Verdict> {
  const [ofWasm] = Object.keys(part(options, wasmOptions));
  if (ofWasm !== undefined) return { backend: null, reason: `webgpu: ${ofWasm} is given, an option of wasm` };
  return webgpu(part(options, webGpuOptions), part(options, autoOptions));
}

/** The options of these names that are given. */
const part = (options: Options, names: Readonly<Record<string, true>>): Options =>
  Object.fromEntries(
    Object.entries(options).filter(([name, value]) => name in names && value !== undefined && value !== null),
  );

/** Whether what was asked for is wrong or cannot be had, rather than the backend as such. */
const isAboutOptions = (error: unknown): boolean =>
  error instanceof ArgumentError || (error instanceof BackendError && "option" in error.details);

/** The same backend, whose `info()` also says why it was taken. */
function tellingWhy(backend: Backend, autoReason: string): Backend {
  const info = backend.info.bind(backend);
  return Object.assign(backend, { info: () => ({ ...info(), autoReason }) });
}
