// Counts and takes away what GPU.js makes on the device, by looking over the browser's shoulder.
import type { GpuJsMode } from "@helium-lm/tensor/backends/gpujs";

const alive = new Set<object>();
const contexts: WebGL2RenderingContext[] = [];
const devices: Pick<GPUDevice, "destroy" | "lost">[] = [];

/** Textures and buffers made and not yet deleted. */
export function liveDeviceObjects(): number {
  return alive.size;
}

/** Takes the newest WebGL context or WebGPU device away, as a driver's reset does; resolves when the page knows. */
export async function loseDevice(mode: GpuJsMode): Promise<void> {
  if (mode === "webgpu") {
    const device = devices.at(-1);
    device?.destroy();
    await device?.lost;
    return;
  }
  const context = contexts.at(-1);
  const told = new Promise((resolve) => context?.canvas.addEventListener("webglcontextlost", resolve));
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  await told;
}

/** Makes the next kernel to be built one that does not compile. */
export function spoilNextKernel(): void {
  spoilt = true;
}

let spoilt = false;

/** A shader's source, spoilt if that was asked for. */
function sourceOf(source: string): string {
  if (!spoilt || source.includes("gl_Position")) return source;
  spoilt = false;
  return `${source}\nthis does not compile`;
}

type Method = (...args: never[]) => unknown;

/** Replaces a method by one that calls it with other arguments. */
function alter<A extends unknown[]>(prototype: object | undefined, name: string, change: (...args: A) => A): void {
  if (!prototype) return;
  const methods = prototype as Record<string, (...args: A) => unknown>;
  const original = methods[name];
  methods[name] = function (this: object, ...args: A) {
    return original.apply(this, change(...args));
  };
}

/** Replaces a method by one that also calls `then` with its result, its receiver and its first argument. */
function observe(
  prototype: object | undefined,
  name: string,
  then: (result: unknown, self: object, first: unknown) => void,
): void {
  if (!prototype) return;
  const methods = prototype as Record<string, Method>;
  const original = methods[name];
  methods[name] = function (this: object, ...args: never[]) {
    const result = original.apply(this, args);
    then(result, this, args[0]);
    return result;
  };
}

const { GPUDevice, GPUBuffer, GPUAdapter } = globalThis as unknown as Record<string, { prototype: object } | undefined>;

observe(WebGL2RenderingContext.prototype, "createTexture", (texture) => alive.add(texture as object));
observe(WebGL2RenderingContext.prototype, "deleteTexture", (_, __, texture) => alive.delete(texture as object));
observe(HTMLCanvasElement.prototype, "getContext", (context) => noteContext(context));
observe(OffscreenCanvas.prototype, "getContext", (context) => noteContext(context));
observe(GPUDevice?.prototype, "createBuffer", (buffer) => alive.add(buffer as object));
observe(GPUBuffer?.prototype, "destroy", (_, buffer) => alive.delete(buffer));
observe(GPUAdapter?.prototype, "requestDevice", (device) => {
  void (device as Promise<GPUDevice>).then((one) => devices.push(one));
});

alter<[WebGLShader, string]>(WebGL2RenderingContext.prototype, "shaderSource", (shader, source) => [
  shader,
  sourceOf(source),
]);
alter<[{ code: string }]>(GPUDevice?.prototype, "createShaderModule", (descriptor) => [
  { ...descriptor, code: sourceOf(descriptor.code) },
]);

function noteContext(context: unknown): void {
  if (context instanceof WebGL2RenderingContext && !contexts.includes(context)) contexts.push(context);
}
