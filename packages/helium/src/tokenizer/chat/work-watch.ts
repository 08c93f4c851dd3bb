/** Processor time, in µs. */
type Cpu = Readonly<Record<"user" | "system", number>>;

interface Clocks {
  readonly process?: {
    /** Of this thread alone; Node 24. */
    readonly threadCpuUsage?: () => Cpu;
    readonly cpuUsage?: () => Cpu;
  };
}

/** Milliseconds of the processor that this thread has had, or its whole process; 0 in a page, which is not told. */
function cpuMs(): number {
  const { process } = globalThis as Clocks;
  const { user, system } = process?.threadCpuUsage?.() ?? process?.cpuUsage?.() ?? { user: 0, system: 0 };
  return (user + system) / 1000;
}

/**
 * Tells whether work takes too long. Where the process may be asked, time in which it did not run is not the work's doing: others
 * had the core, or it was stopped, as with a laptop's lid.
 */
export class WorkWatch {
  readonly #start = performance.now();
  readonly #cpuStart = cpuMs();

  /** More than so many milliseconds since the watch was made. */
  isOver(ms: number): boolean {
    if (performance.now() - this.#start <= ms) return false;
    const cpu = cpuMs();
    return cpu === 0 || cpu - this.#cpuStart > ms;
  }
}
