import { add, RecordedWork, scope, tensor, type Tensor } from "@helium-lm/tensor";
import { createWebGpuBackend } from "@helium-lm/tensor/backends/webgpu";
import { interleave, type Timed } from "../rounds.ts";

export interface ReplayTask {
  readonly dispatches: number;
}

/** Runs per second of many small kernels one after the other, until the device is done: replayed, and op by op. */
export async function replayInPage({ dispatches }: ReplayTask): Promise<readonly Timed[]> {
  const backend = await createWebGpuBackend();
  const recorder = backend.createRecorder?.() ?? null;
  const recorded = new RecordedWork(backend, recorder);
  const [x, y] = [tensor(backend, new Float32Array(64).fill(1)), tensor(backend, new Float32Array(64).fill(2))];
  const work = (): Tensor[] => {
    let sum = x;
    for (let i = 0; i < dispatches; i++) sum = add(sum, y);
    return [sum];
  };
  const replayed = async (): Promise<void> => {
    for (const result of recorded.run(work)) result.dispose();
    await backend.synchronize();
  };
  const eager = async (): Promise<void> => {
    for (const result of scope(work)) result.dispose();
    await backend.synchronize();
  };
  for (let run = 0; run < 4; run++) await replayed();
  if (!recorded.isReplayed) throw new Error(`the work is not replayed: ${recorded.reason}`);
  const timed = await interleave([
    { contender: "helium-lm", run: replayed, work: 1 },
    { contender: "helium-lm, op by op", run: eager, work: 1 },
  ]);
  recorded.dispose();
  recorder?.dispose();
  backend.dispose();
  return timed;
}
