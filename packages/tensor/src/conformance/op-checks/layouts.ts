import type { Call } from "../case.ts";
import { download } from "../draws/memory-layout.ts";
import { session } from "../session.ts";
import { enact, expectAlike, valuesOf, type Subject } from "../subject.ts";

/** The op gives for views what it gives for contiguous copies of them. */
export function checkLayouts(subject: Subject, call: Call): Promise<void> {
  return session(async (scope) => {
    if (Object.values(call.inputs).every(({ layout }) => layout.kind === "contiguous")) return;
    const host = valuesOf(subject, call);
    const ofViews = await download(enact(scope, subject, host, call));
    const ofCopies = await download(enact(scope, subject, host));
    const { magnitude } = subject.definition.oracle(host, subject.kind);
    expectAlike("views beside contiguous copies", subject, call, ofViews, ofCopies, magnitude);
  });
}
