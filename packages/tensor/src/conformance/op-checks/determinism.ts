import type { Call } from "../case.ts";
import { expectSame } from "../compare.ts";
import { download } from "../draws/memory-layout.ts";
import { session } from "../session.ts";
import { place, valuesOf, type Subject } from "../subject.ts";

/** Two runs on the same inputs give the same bits. */
export function checkDeterminism(subject: Subject, call: Call): Promise<void> {
  return session(async (scope) => {
    const { backend, definition, kind } = subject;
    const host = valuesOf(subject, call);
    const inputs = place(scope, backend, host, call);
    const once = await download(scope.run(() => definition.run(backend, inputs, host.params, kind)));
    const again = await download(scope.run(() => definition.run(backend, inputs, host.params, kind)));
    expectSame("second run beside the first", again, once);
  });
}
