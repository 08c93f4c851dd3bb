import type { Backend } from "./contract/backend.ts";
import { wasmOptions } from "./backends/wasm/options.ts";
import { autoBackend, webGpuOfPage } from "./auto/auto-backend.ts";
import { ArgumentError } from "./errors.ts";
import { nearestName } from "./nearest-name.ts";
import { checkOptionNames } from "./option-names.ts";

/** Makes a backend; rejects with `BackendError` when it cannot run here. */
export type BackendFactory = (options?: Readonly<Record<string, unknown>>) => Promise<Backend>;

/** Known backends, each loaded only when asked for. */
const factories: Record<string, BackendFactory> = {
  reference: async (options) => {
    checkOptionNames("the reference backend", options ?? {}, wasmOptions);
    return (await import("./backends/reference/index.ts")).createReferenceBackend();
  },
  // Takes over where wasm cannot run, so that it is given the options of that one.
  cpu: async (options) => {
    checkOptionNames("the cpu backend", options ?? {}, wasmOptions);
    return (await import("./backends/cpu/index.ts")).createCpuBackend();
  },
  wasm: async (options) => (await import("./backends/wasm/index.ts")).createWasmBackend(options),
  gpujs: async (options) => (await import("./backends/gpujs/index.ts")).createGpuJsBackend(options),
  webgpu: async (options) => (await import("./backends/webgpu/index.ts")).createWebGpuBackend(options),
};

/** Order in which `"auto"` looks for one that runs on the processor here, fastest first. */
const preference = ["wasm", "cpu"] as const;

/**
 * Adds a backend under a new name, e.g. one of your own that passed the conformance suite.
 *
 * @throws ArgumentError for a name that is taken
 * @example
 * registerBackend("mine", async () => createBackend("cpu")); // or a backend of your own
 * const mine = await createBackend("mine");
 * mine.dispose();
 */
export function registerBackend(name: string, factory: BackendFactory): void {
  if (Object.hasOwn(factories, name))
    throw new ArgumentError("registerBackend", `"${name}" is taken; known: ${backendNames().join(", ")}`, { name });
  factories[name] = factory;
}

/**
 * Names `createBackend` accepts besides `"auto"`.
 *
 * @example
 * console.log(backendNames().includes("wasm")); // true
 */
export function backendNames(): string[] {
  return Object.keys(factories);
}

/**
 * Creates the named backend, or with `"auto"` the fastest one that runs here: in a page or worker webgpu, where there is a
 * graphics card that passes a self-test and has room for `needBytes` of weights, else wasm; in Node wasm. Never switches
 * silently: a named backend that cannot run is an error, `backend.name` says what was chosen, and `info().autoReason` why.
 * An option that asks for what this engine lacks (`threads: 4` where no worker starts) is an error, too. With an option
 * of wasm `"auto"` leaves webgpu out.
 *
 * @throws ArgumentError for an unknown name (lists the known ones), BackendError when unavailable
 * @example
 * const backend = await createBackend("cpu");
 * console.log(backend.name); // cpu
 * backend.dispose();
 */
export async function createBackend(name = "auto", options?: Readonly<Record<string, unknown>>): Promise<Backend> {
  if (name === "auto")
    return autoBackend(options ?? {}, {
      webgpu: webGpuOfPage(),
      processor: preference.map((one) => [one, factories[one]]),
    });
  const factory = Object.hasOwn(factories, name) ? factories[name] : undefined;
  if (!factory) {
    const known = ["auto", ...backendNames()];
    const nearest = nearestName(String(name), known);
    throw new ArgumentError(
      "createBackend",
      `unknown backend "${String(name)}"; known: ${known.join(", ")}; did you mean ${nearest}?`,
      { given: name, known: backendNames(), nearest },
    );
  }
  return factory(options);
}
