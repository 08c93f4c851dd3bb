import type { Call } from "../case.ts";
import { expectWithin, type Tolerance } from "../compare.ts";
import { download } from "../draws/memory-layout.ts";
import { session } from "../session.ts";
import { enact, valuesOf, type Subject } from "../subject.ts";

const exact: Tolerance = {
  kind: "exact",
  signedZero: false,
  reason: "sums of small whole numbers are exact in any order, so a difference is a wrong index",
};

/** Small whole numbers: the result equals the formula bit for bit, without an argument about tolerances. */
export function checkIntegers(subject: Subject, call: Call): Promise<void> {
  return session(async (scope) => {
    const host = valuesOf(subject, call);
    const got = await download(enact(scope, subject, host, call));
    expectWithin("whole numbers", got, subject.definition.oracle(host, subject.kind), exact);
  });
}
