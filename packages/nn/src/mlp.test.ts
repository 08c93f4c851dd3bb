import { expect, test } from "vitest";
import { createBackend, tensor } from "@helium-lm/tensor";
import { Linear } from "./linear.ts";
import { splitRows } from "./mlp.ts";

test("parts of a fused layer have their own rows of its weight and of its bias", async () => {
  const backend = await createBackend("cpu");
  const weight = tensor(backend, [
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  const [first, second] = splitRows(new Linear(weight, tensor(backend, [10, 20, 30])), [1, 2]);
  using x = tensor(backend, [[1, -1]]);
  using a = first.forward(x);
  using b = second.forward(x);
  expect([await a.toArray(), await b.toArray()]).toEqual([[[9]], [[19, 29]]]);
  first.dispose();
  second.dispose();
});
