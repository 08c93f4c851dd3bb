import { expect, test } from "vitest";
import { createBackend, QuantMatrix, Rng, scope, tensor } from "@helium-lm/tensor";
import { quantize } from "@helium-lm/tensor/quant";
import { Linear } from "./linear.ts";
import { projectTogether } from "./projections.ts";

const all = [
  [3, 5],
  [4, 2, 3],
].flatMap((rows) => [false, true].map((hasBias) => ({ rows, hasBias })));

test.each(all)(
  "the parts of joined products of $rows rows are those of each layer alone, with biases: $hasBias",
  async ({ rows, hasBias }) => {
    const backend = await createBackend("cpu");
    const columns = 32;
    const rng = new Rng(7);
    const random = (count: number): Float32Array => Float32Array.from({ length: count }, () => rng.normal());
    const layers = rows.map(
      (count) =>
        new Linear(
          QuantMatrix.fromBlocks(backend, "q8_0", [count, columns], quantize("q8_0", random(count * columns), columns)),
          hasBias ? tensor(backend, random(count)) : null,
        ),
    );
    const { joined, alone } = scope((s) => {
      const x = tensor(backend, random(2 * columns), { shape: [2, columns] });
      const parts = projectTogether(x, layers, null);
      return {
        joined: parts.map((part) => s.keep(part)),
        alone: layers.map((layer) => s.keep(layer.forward(x))),
      };
    });
    for (const [i, count] of rows.entries()) {
      expect(joined[i]?.shape).toEqual([2, count]);
      expect(await joined[i]?.toArray()).toEqual(await alone[i]?.toArray());
    }
    for (const one of [...joined, ...alone, ...layers]) one.dispose();
    expect(backend.memory().handles).toBe(0);
  },
);
