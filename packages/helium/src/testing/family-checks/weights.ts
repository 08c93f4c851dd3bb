import type { ModelSource } from "../../sources/index.ts";
import { checkpointTensors } from "../checkpoint-tensors.ts";
import { expectEqual } from "../compare.ts";
import type { DrawnModel } from "../drawn-model.ts";
import { withReaderMethods } from "../replaced-methods.ts";
import { headNames } from "../../heads/index.ts";

/** Load report, state dict and reads are those of the checkpoint's own list, whatever head is loaded. */
export async function checkWeights(drawn: DrawnModel): Promise<void> {
  for (const head of headNames) {
    const read: string[] = [];
    using model = await drawn.open(head, countingReads(drawn.source(head), read));
    expectEqual(`${head}: load report`, model.loadReport, { missing: [], unused: [] });
    const expected = checkpointTensors(drawn.config, head);
    expectEqual(`${head}: tensors read`, read.sort(), expected.map(({ name }) => name).sort());
    const shapes = [...model.stateDict()].map(([name, { shape }]) => [name, shape] as const);
    const byName = (a: readonly [string, unknown], b: readonly [string, unknown]): number => (a[0] < b[0] ? -1 : 1);
    expectEqual(
      `${head}: state dict`,
      shapes.sort(byName),
      expected.map(({ name, shape }) => [name, shape] as const).sort(byName),
    );
  }
}

/** The same source; the name of every tensor read is noted. */
function countingReads(source: ModelSource, read: string[]): ModelSource {
  return withReaderMethods(source, (reader) => ({
    readBytes: (name) => {
      read.push(name);
      return reader.readBytes(name);
    },
  }));
}
