import type { Pipeline } from "./pipelines.ts";

/** Bytes of its storages that a kernel touches, each once; what lies in pages, as far as the tables reach. */
export interface Traffic {
  readonly read: number;
  readonly written: number;
}

/** One kernel on its storages. */
export interface Dispatch {
  readonly pipeline: Pipeline;
  readonly group: GPUBindGroup;
  /** Where its parameters are. */
  readonly offset: number;
  readonly x: number;
  readonly y: number;
  readonly traffic: Traffic;
  /** Multiplications and additions of a product; 0 where they are not counted. */
  readonly flops: number;
}
