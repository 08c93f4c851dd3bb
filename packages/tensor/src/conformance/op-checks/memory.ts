import type { Backend } from "../../contract/backend.ts";
import type { Call, ValuedCall } from "../case.ts";
import { Mismatch } from "../compare.ts";
import { guardBackend } from "../guarded-backend.ts";
import type { TensorValues } from "../tensor-values.ts";
import { download } from "../draws/memory-layout.ts";
import { session } from "../session.ts";
import { enact, expectAlike, place, valuesOf, type Subject } from "../subject.ts";

/** Storages alive once all queued work is done. */
export async function liveHandles(backend: Backend): Promise<number> {
  await backend.synchronize();
  return backend.memory().handles;
}

/** Runs the call and counts: one output more than before is alive, nothing else. */
function runCounted(subject: Subject, host: ValuedCall, call: Call): Promise<TensorValues> {
  return session(async (scope) => {
    const { backend, definition, kind } = subject;
    const inputs = place(scope, backend, host, call);
    const before = await liveHandles(backend);
    const out = scope.run(() => definition.run(backend, inputs, host.params, kind));
    const made = (await liveHandles(backend)) - before;
    if (made !== 1) throw new Mismatch(`memory: ${made} storages alive after the op, expected 1 (its result)`);
    return download(out);
  });
}

/** Output written in full, surroundings and inputs untouched, nothing left behind. */
export async function checkMemory(subject: Subject, call: Call): Promise<void> {
  const host = valuesOf(subject, call);
  const plain = await runCounted(subject, host, call);
  // Sentinels need storages that can be written around an output.
  if (!subject.backend.capabilities.byteAddressable) return;
  const guarded = guardBackend(subject.backend);
  await session(async (scope) => {
    const out = enact(scope, { ...subject, backend: guarded.backend }, host, call);
    const got = await download(out);
    await guarded.inspect();
    const { magnitude } = subject.definition.oracle(host, subject.kind);
    expectAlike("result between sentinels", subject, call, got, plain, magnitude);
  });
}
