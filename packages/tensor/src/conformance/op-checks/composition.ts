import type { Call } from "../case.ts";
import { doubled, expectWithin } from "../compare.ts";
import { asExpected } from "../tensor-values.ts";
import { download } from "../draws/memory-layout.ts";
import { session } from "../session.ts";
import { enact, place, valuesOf, type Subject } from "../subject.ts";

/** The op agrees with its own definition from core ops; either may be off by the tolerance. */
export function checkComposition(subject: Subject, call: Call): Promise<void> {
  return session(async (scope) => {
    const { backend, definition, kind, slack } = subject;
    const host = valuesOf(subject, call);
    const fused = await download(enact(scope, subject, host, call));
    const inputs = place(scope, backend, host, call);
    const composition = scope.run(() => definition.compose?.(inputs, host.params, kind));
    if (!composition) return;
    const composed = await download(composition);
    const { magnitude } = definition.oracle(host, kind);
    const tolerance = definition.tolerance(kind, call);
    expectWithin("kernel beside its composition", fused, asExpected(composed, magnitude), tolerance, doubled(slack));
  });
}
