import { ArgumentError, BackendError } from "../../errors.ts";
import { GpuJsDevice, type DeviceLimits } from "./device.ts";
import { provideWebGpu } from "./node-webgpu.ts";
import { gpuJsModes, loadGpuJs, whyUnavailable, type GpuJsLibrary, type GpuJsMode } from "./library.ts";

/**
 * Textures that one kernel may read: 16 is what WebGL promises, GPU.js takes unit 15 for itself and one for the output.
 */
const GL_ARRAYS = 14;

/** Elements where there is no texture: indices stay far inside 32 bits. */
const HEAP_ELEMENTS = 2 ** 30;

/**
 * Starts GPU.js in a mode. `maxShardElements` lowers the device's limit for one array.
 *
 * @throws ArgumentError for an unknown mode, BackendError where the mode is unavailable
 */
export async function createDevice(mode: unknown, maxShardElements = Infinity): Promise<GpuJsDevice> {
  const known = gpuJsModes.find((name) => name === mode);
  if (!known)
    throw new ArgumentError("gpujs", `mode is ${String(mode)}; expected one of ${gpuJsModes.join(", ")}`, {
      given: mode,
      known: gpuJsModes,
    });
  if (!(maxShardElements >= 1))
    throw new ArgumentError("gpujs", `maxShardElements is ${maxShardElements}; expected a number ≥ 1`, {
      given: maxShardElements,
    });
  const library = await loadGpuJs();
  const reason = (known === "webgpu" ? await provideWebGpu() : null) ?? (await whyUnavailable(library, known));
  if (reason !== null) throw new BackendError("gpujs", `mode ${known} is unavailable: ${reason}`, { mode: known });
  const limited = (limits: DeviceLimits): DeviceLimits => ({
    ...limits,
    elements: Math.min(limits.elements, Math.floor(maxShardElements)),
  });
  switch (known) {
    case "webgpu":
      return webGpuDevice(library, limited);
    case "webgl2":
      return webGl2Device(library, limited);
    case "headlessgl": {
      // GLSL ES 1.0 may compute integers in floats: positions are exact to 2^24.
      const elements = Math.min(library.HeadlessGLKernel.features.maxTextureSize ** 2, 2 ** 24);
      return plainDevice(library, known, limited({ elements, arrays: GL_ARRAYS }));
    }
    case "webasm":
    case "cpu":
      return plainDevice(library, known, limited({ elements: HEAP_ELEMENTS, arrays: Infinity }));
  }
}

function plainDevice(library: GpuJsLibrary, mode: GpuJsMode, limits: DeviceLimits): GpuJsDevice {
  return new GpuJsDevice({ library, mode, gpu: new library.GPU({ mode }) }, limits);
}

async function webGpuDevice(
  library: GpuJsLibrary,
  limited: (limits: DeviceLimits) => DeviceLimits,
): Promise<GpuJsDevice> {
  const webgpu = await library.WebGPUContext.acquire();
  const { maxStorageBufferBindingSize, maxBufferSize, maxStorageBuffersPerShaderStage } = webgpu.device.limits;
  const limits = limited({
    elements: Math.min(Math.floor(Math.min(maxStorageBufferBindingSize, maxBufferSize) / 4), HEAP_ELEMENTS),
    // One binding is the output.
    arrays: maxStorageBuffersPerShaderStage - 1,
  });
  return new GpuJsDevice({ library, mode: "webgpu", gpu: new library.GPU({ mode: "webgpu" }), webgpu }, limits);
}

function webGl2Device(library: GpuJsLibrary, limited: (limits: DeviceLimits) => DeviceLimits): GpuJsDevice {
  const canvas = typeof OffscreenCanvas === "undefined" ? document.createElement("canvas") : new OffscreenCanvas(1, 1);
  const gl = canvas.getContext("webgl2", {
    alpha: false,
    depth: false,
    antialias: false,
  }) as WebGL2RenderingContext | null;
  if (!gl)
    throw new BackendError("gpujs", "mode webgl2 is unavailable: the browser gave no context; dispose other backends", {
      mode: "webgl2",
    });
  // GPU.js resizes its canvas to the largest texture. All output goes to textures, so it gets an object that costs nothing.
  const gpu = new library.GPU({ context: gl, canvas: { width: 1, height: 1 } });
  const elements = Math.min(library.WebGL2Kernel.features.maxTextureSize ** 2, HEAP_ELEMENTS);
  return new GpuJsDevice({ library, mode: "webgl2", gpu, gl }, limited({ elements, arrays: GL_ARRAYS }));
}
