import type { Machine } from "./machine.ts";
import type { DeviceReport } from "./device-report.ts";
import type { Measured } from "./measure-speed.ts";

/** What `helium bench --json` prints. */
export interface BenchReport {
  readonly version: string;
  readonly date: string;
  readonly machine: Machine;
  readonly model: BenchModel;
  readonly settings: { readonly repetitions: number; readonly budget: number };
  /** One for each number of threads. */
  readonly runs: readonly BenchRun[];
}

export interface BenchModel {
  readonly name: string;
  readonly modelType: string;
  readonly parameters: number;
  /** Bytes of the weights in memory by their types, those with the most first. */
  readonly weightBytes: Readonly<Record<string, number>>;
}

export interface BenchRun extends Omit<Measured, "profiles"> {
  /** All that the backend says of itself: where it computes, and why not faster. */
  readonly backend: Readonly<Record<string, string | number | boolean>>;
  /** Of a graphics card; null where the backend computes on the processor, or has no profiles. */
  readonly device: DeviceReport | null;
  /** From nothing to a model that can be asked; files that were read before come from memory. */
  readonly loadSeconds: number;
  readonly memory: {
    /** The backend's tensors after loading, and the most while tests ran. */
    readonly loadedBytes: number;
    readonly peakBytes: number;
    /** The most that this process has had so far. */
    readonly residentBytes: number;
  };
}
