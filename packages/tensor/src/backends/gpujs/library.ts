import { BackendError } from "../../errors.ts";

/**
 * Where GPU.js runs the kernels: `webgpu` (compute shaders; in Node with the optional package `webgpu`), `webgl2` (fragment shaders in a page or worker),
 * `headlessgl` (Node with the optional package `gl`), `webasm` and `cpu` (plain JavaScript).
 */
export type GpuJsMode = "webgpu" | "webgl2" | "headlessgl" | "webasm" | "cpu";

export const gpuJsModes: readonly GpuJsMode[] = ["webgpu", "webgl2", "headlessgl", "webasm", "cpu"];

/** Values on GPU.js' side of the seam: a texture, a GPU buffer or (`cpu`, `webasm`) a plain array. */
export type GpuJsArray = Float32Array | GpuJsHandle;

/** What the parts of `GLTexture` and `WebGPUBufferResult` used here have in common. */
export interface GpuJsHandle {
  toArray(): Float32Array | Promise<Float32Array>;
  delete(): void;
}

export type GpuJsArgument = GpuJsArray | object | number;

/** The kernel behind a callable kernel; a fallback replaces it by one of another class. */
export interface GpuJsKernel {
  readonly constructor: unknown;
  readonly fallbackReason?: string | null;
  /** GL: the output texture of the last run. */
  texture?: { delete(): void } | null;
  /** WebGPU: the output buffer of the last run, ref-counted by GPU.js. */
  outputBuffer?: { _refs: number; destroy(): void } | null;
  /** WebGPU: the build in flight or done. */
  readonly _buildPromise?: Promise<void> | null;
}

/** A callable kernel. */
export interface GpuJsShortcut {
  (...args: readonly GpuJsArgument[]): GpuJsArray | Promise<GpuJsArray>;
  readonly kernel: GpuJsKernel;
  setOutput(output: readonly number[]): unknown;
  destroy(): void;
}

export type ArgumentType = "Input" | "Integer" | "Float" | "Number" | "Array" | "ArrayTexture(1)" | "WebGPUBuffer";

export interface GpuJsFunction {
  readonly source: string;
  readonly settings: {
    readonly name: string;
    readonly argumentTypes: readonly ArgumentType[];
    readonly returnType: "Number" | "Integer";
  };
}

export interface GpuJsKernelSettings {
  readonly output: readonly number[];
  readonly argumentTypes: readonly ArgumentType[];
  readonly functions?: readonly GpuJsFunction[];
  readonly pipeline: boolean;
  readonly immutable: boolean;
  readonly asyncMode?: boolean;
  readonly dynamicOutput: boolean;
  readonly dynamicArguments: boolean;
  readonly precision: "single";
  readonly tactic: "precision";
  readonly fixIntegerDivisionAccuracy: false;
}

export interface GpuJsInstance {
  createKernel(source: string, settings: GpuJsKernelSettings): GpuJsShortcut;
  destroy(): Promise<void>;
}

/** The exports of GPU.js 2.24 that this backend uses. */
export interface GpuJsLibrary {
  readonly GPU: {
    new (settings: { readonly mode?: GpuJsMode; readonly context?: unknown; readonly canvas?: unknown }): GpuJsInstance;
    readonly isWebGL2Supported: boolean;
    readonly isHeadlessGLSupported: boolean;
    readonly isWebAssemblySupported: boolean;
    isWebGPUAvailable(): Promise<boolean>;
  };
  readonly WebGPUContext: { acquire(): Promise<WebGpuContext> };
  readonly WebGPUKernel: unknown;
  readonly WebGL2Kernel: { readonly features: { readonly maxTextureSize: number; readonly isFloatRead: boolean } };
  readonly HeadlessGLKernel: { readonly features: { readonly maxTextureSize: number; readonly isFloatRead: boolean } };
  readonly WebAssemblyKernel: unknown;
  readonly CPUKernel: unknown;
  input(values: Float32Array, size: readonly number[]): object;
}

/** The WebGPU device that all GPU.js instances of a page share. */
export interface WebGpuContext {
  readonly isLost: boolean;
  readonly device: {
    readonly limits: {
      readonly maxStorageBufferBindingSize: number;
      readonly maxBufferSize: number;
      readonly maxStorageBuffersPerShaderStage: number;
    };
    readonly queue: { onSubmittedWorkDone(): Promise<unknown> };
    pushErrorScope(filter: "validation" | "out-of-memory"): void;
    popErrorScope(): Promise<{ readonly message: string } | null>;
  };
}

/** Loads the optional peer dependency. @throws BackendError when it is not installed */
export async function loadGpuJs(): Promise<GpuJsLibrary> {
  try {
    // In a page the module is the class itself with everything else as its properties; in Node a CommonJS namespace.
    const module = (await import("gpu.js")) as unknown as GpuJsLibrary & { readonly default?: GpuJsLibrary };
    return "GPU" in module ? module : (module as { readonly default: GpuJsLibrary }).default;
  } catch (cause) {
    throw new BackendError("gpujs", "the package gpu.js is not installed; npm install gpu.js@2.24", {}, { cause });
  }
}

/** Why a mode cannot run here, with the mend; null when it can. */
export async function whyUnavailable(library: GpuJsLibrary, mode: GpuJsMode): Promise<string | null> {
  const { GPU } = library;
  switch (mode) {
    case "webgpu":
      if (await GPU.isWebGPUAvailable()) return null;
      return "navigator.gpu has no adapter here; use a browser with WebGPU (Chromium on Linux: --enable-unsafe-webgpu), in Node a Vulkan driver (VK_ICD_FILENAMES names one, such as SwiftShader), or another mode";
    case "webgl2":
      if (GPU.isWebGL2Supported && library.WebGL2Kernel.features.isFloatRead) return null;
      return "no WebGL2 context with float textures here; run in a page or worker of a browser with WebGL2, or use another mode";
    case "headlessgl":
      if (GPU.isHeadlessGLSupported && library.HeadlessGLKernel.features.isFloatRead) return null;
      return "the optional package gl is not installed or found no display; npm install gl and run under xvfb-run, or use another mode";
    case "webasm":
      return GPU.isWebAssemblySupported ? null : "no WebAssembly here; use another mode";
    case "cpu":
      return null;
  }
}
