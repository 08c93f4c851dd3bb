import type { WasmKernel } from "../kernel-names.ts";

/** First message to a worker, and one for each further arena. */
export interface AttachMessage {
  readonly control: Int32Array;
  readonly words: Readonly<Record<string, number>>;
  readonly names: readonly string[];
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly arena: number;
  /** Address of this thread's scratch in that arena. */
  readonly scratch: number;
  readonly spins: number;
  readonly chunkMask: number;
}

/**
 * What a worker runs. Its text is the worker's source, so it may use nothing from outside but globals.
 */
export function workerMain(
  listen: (receive: (message: AttachMessage) => void) => void,
  send: (message: string) => void,
): void {
  const arenas: { kernels: WasmKernel[]; scratch: number }[] = [];
  const { pause } = Atomics as { readonly pause?: () => void };

  const work = ({ control, words, spins, chunkMask }: AttachMessage): void => {
    const {
      ticket,
      done,
      kernel,
      arena,
      units,
      step,
      params,
      failed,
      asleep,
      arenas: announced,
    } = words as Record<string, number>;
    let idle = 0;
    for (;;) {
      const seen = Atomics.load(control, ticket);
      const left = seen & chunkMask;
      if (Atomics.load(control, announced) > arenas.length) return;
      if (left === 0) {
        if (++idle < spins) {
          pause?.();
          continue;
        }
        idle = 0;
        Atomics.add(control, asleep, 1);
        Atomics.wait(control, ticket, seen);
        Atomics.sub(control, asleep, 1);
        continue;
      }
      idle = 0;
      if (Atomics.compareExchange(control, ticket, seen, seen - 1) !== seen) continue;
      try {
        const { kernels, scratch } = arenas[control[arena]];
        const begin = (left - 1) * control[step];
        kernels[control[kernel]](control[params], begin, Math.min(begin + control[step], control[units]), scratch);
      } catch {
        Atomics.store(control, failed, 1);
      }
      Atomics.add(control, done, 1);
      Atomics.notify(control, done);
    }
  };

  listen((message) => {
    const { exports } = new WebAssembly.Instance(message.module, { env: { memory: message.memory } });
    const kernels = message.names.map((name) => exports[name] as unknown as WasmKernel);
    arenas[message.arena] = { kernels, scratch: message.scratch };
    send("ready");
    work(message);
  });
}
