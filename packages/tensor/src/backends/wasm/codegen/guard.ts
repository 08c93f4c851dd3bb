import { BackendError } from "../../../errors.ts";
import type { Arena } from "../memory/arena.ts";
import { KernelContext } from "../kernel-context.ts";
import { SingleExecutor } from "../threads/executor.ts";
import type { Build } from "../module.ts";
import { checks } from "../self-test/self-test.ts";
import { CallOperands } from "./call-operands.ts";
import { comparedCalls } from "./compared-calls.ts";

/** Notes the temporaries that are taken, emptied: what one run leaves behind is no result of the next. */
class RecordingDevice extends KernelContext {
  readonly #taken: { readonly address: number; readonly bytes: number }[] = [];

  override temporary(bytes: number): number {
    const address = super.temporary(bytes);
    this.arena.u8.fill(0, address, address + bytes);
    this.#taken.push({ address, bytes });
    return address;
  }

  /** Copies of all that was taken since the last call. */
  contents(): Uint8Array[] {
    return this.#taken.splice(0).map(({ address, bytes }) => this.arena.u8.slice(address, address + bytes));
  }
}

/** All that the self-test and the compared calls write in one module, call by call; nothing where a kernel traps. */
function* written(
  arena: Arena,
  executor: SingleExecutor,
  build: Build,
): Generator<[name: string, bytes: Uint8Array[]]> {
  // Both run what only wide code runs.
  const context = new RecordingDevice(arena, executor, build, "wide");
  for (const [name, check] of Object.entries(checks))
    yield [name, unlessTrapped(() => context.scoped(() => void check(context)), context)];
  for (const [name, call] of Object.entries(comparedCalls)) {
    const operands = new CallOperands(context);
    const bytes = unlessTrapped(() => call(operands), context);
    yield [name, [...bytes, ...operands.take()]];
  }
}

function unlessTrapped(fn: () => void, context: RecordingDevice): Uint8Array[] {
  try {
    fn();
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    context.contents();
    return [];
  }
  return context.contents();
}

/**
 * Compares module `tested` with one of plain code, by all that both write.
 *
 * @param arena a memory on which nothing else runs meanwhile
 * @param scratch address of a thread's scratch there
 * @returns the first call whose bits differ, or null
 */
export function firstDifference(
  modules: readonly [tested: WebAssembly.Module, plain: WebAssembly.Module],
  { arena, scratch, build }: { readonly arena: Arena; readonly scratch: number; readonly build: Build },
): string | null {
  const [tested, plain] = modules.map((module) =>
    written(arena, new SingleExecutor(module, arena.memory, scratch), build),
  );
  for (const [name, bytes] of tested) {
    const other = plain.next();
    if (other.done || !areSame(bytes, other.value[1])) return name;
  }
  return null;
}

const areSame = (a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean =>
  a.length === b.length && a.every((bytes, i) => areEqual(bytes, b[i]));

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return a.length === b.length;
}
