import { SLOT_BYTES } from "./params.ts";
import type { Device } from "./device/device.ts";
import type { Features } from "./features/features.ts";

/**
 * A kernel in WGSL, with entry point `main`. Group 0 has its parameters at binding 0 (uniform, 64 words, the first of them
 * the columns of the grid), then the storages it reads, then those it writes (read_write).
 */
export interface Shader {
  /** For reports: the op and what it is specialised on. */
  readonly name: string;
  readonly code: string;
  /** Where it reads f16: the text for devices with `shader-f16`. */
  readonly codeWithF16?: string;
  readonly reads: number;
  readonly writes: number;
}

/** A shader made ready for the device. */
export interface Pipeline {
  readonly shader: Shader;
  readonly gpu: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
  readonly id: number;
}

/** Pipelines by their final text. */
export class Pipelines {
  readonly #device: Device;
  readonly #features: Features;
  readonly #byText = new Map<string, Pipeline>();
  readonly #layouts = new Map<string, { readonly group: GPUBindGroupLayout; readonly pipeline: GPUPipelineLayout }>();

  #inPlace = 0;

  constructor(device: Device, features: Features) {
    this.#device = device;
    this.#features = features;
  }

  /** Those there are, and how many of them were compiled when they were needed already. */
  get counts(): { readonly pipelines: number; readonly compiledInPlace: number } {
    return { pipelines: this.#byText.size, compiledInPlace: this.#inPlace };
  }

  get shaders(): Shader[] {
    return [...this.#byText.values()].map(({ shader }) => shader);
  }

  /** The pipeline of a shader; one that is not warm is compiled on the spot. */
  get(shader: Shader): Pipeline {
    return this.#byText.get(this.#textOf(shader)) ?? this.#compile(shader);
  }

  /** Compiles shaders beside other work. */
  async warm(shaders: Iterable<Shader>): Promise<void> {
    const compile = async (shader: Shader): Promise<void> => {
      const made = await this.#device.gpu.createComputePipelineAsync(this.#descriptor(shader));
      if (!this.#byText.has(this.#textOf(shader))) this.#add(shader, made);
    };
    const byText = new Map([...shaders].map((shader) => [this.#textOf(shader), shader] as const));
    const missing = [...byText].filter(([text]) => !this.#byText.has(text));
    await Promise.all(missing.map(([, shader]) => compile(shader)));
  }

  #compile(shader: Shader): Pipeline {
    this.#inPlace++;
    return this.#add(shader, this.#device.gpu.createComputePipeline(this.#descriptor(shader)));
  }

  #add(shader: Shader, gpu: GPUComputePipeline): Pipeline {
    const pipeline = { shader, gpu, layout: this.#layoutOf(shader).group, id: this.#byText.size };
    this.#byText.set(this.#textOf(shader), pipeline);
    return pipeline;
  }

  #textOf({ code, codeWithF16 = code }: Shader): string {
    return this.#features.has("shader-f16") ? codeWithF16 : code;
  }

  #descriptor(shader: Shader): GPUComputePipelineDescriptor {
    const module = this.#device.gpu.createShaderModule({ label: shader.name, code: this.#textOf(shader) });
    return { label: shader.name, layout: this.#layoutOf(shader).pipeline, compute: { module, entryPoint: "main" } };
  }

  #layoutOf({ reads, writes }: Shader): { readonly group: GPUBindGroupLayout; readonly pipeline: GPUPipelineLayout } {
    const key = `${reads} ${writes}`;
    const known = this.#layouts.get(key);
    if (known) return known;
    const visibility = 0x4; // GPUShaderStage.COMPUTE
    const storages = Array.from({ length: reads + writes }, (_, i): GPUBindGroupLayoutEntry => {
      return { binding: i + 1, visibility, buffer: { type: i < reads ? "read-only-storage" : "storage" } };
    });
    const group = this.#device.gpu.createBindGroupLayout({
      entries: [
        { binding: 0, visibility, buffer: { type: "uniform", hasDynamicOffset: true, minBindingSize: SLOT_BYTES } },
        ...storages,
      ],
    });
    const layout = { group, pipeline: this.#device.gpu.createPipelineLayout({ bindGroupLayouts: [group] }) };
    this.#layouts.set(key, layout);
    return layout;
  }
}
