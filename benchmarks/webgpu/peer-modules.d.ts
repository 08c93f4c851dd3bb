/** What of the peers' packages is used here: they are installed outside the repository. */
declare module "@tensorflow/tfjs-core" {
  export interface Tensor {
    data(): Promise<Float32Array>;
    dispose(): void;
  }
  export function setBackend(name: string): Promise<boolean>;
  export function ready(): Promise<void>;
  export function tensor2d(values: Float32Array, shape: readonly [number, number]): Tensor;
  export function matMul(a: Tensor, b: Tensor): Tensor;
}

declare module "@tensorflow/tfjs-backend-webgpu" {}

declare module "@jax-js/jax" {
  export interface Array {
    /** One more reference: each use of an array consumes one. */
    readonly ref: Array;
    reshape(shape: readonly number[]): Array;
    /** Consumes the array. */
    data(): Promise<Float32Array>;
  }
  export function init(...devices: readonly string[]): Promise<readonly string[]>;
  export function defaultDevice(name: string): unknown;
  export const numpy: { array(values: Float32Array): Array; matmul(a: Array, b: Array): Array };
}
