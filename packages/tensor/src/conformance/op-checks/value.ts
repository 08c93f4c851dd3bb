import type { Call } from "../case.ts";
import { expectWithin } from "../compare.ts";
import { download } from "../draws/memory-layout.ts";
import { session } from "../session.ts";
import { enact, valuesOf, type Subject } from "../subject.ts";

/** The result, whatever the layouts of the inputs, is within tolerance of the formula in plain numbers. */
export function checkValue(subject: Subject, call: Call): Promise<void> {
  return session(async (scope) => {
    const { definition, kind, slack } = subject;
    const host = valuesOf(subject, call);
    const got = await download(enact(scope, subject, host, call));
    expectWithin("value", got, definition.oracle(host, kind), definition.tolerance(kind, call), slack);
  });
}
