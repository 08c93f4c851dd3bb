import { describe, expect, it } from "vitest";
import { createBackend, scope, tensor } from "@helium-lm/tensor";
import { attentionMask } from "./model-inputs.ts";

describe("attentionMask", () => {
  it("a mask of four dimensions replaces the causal rule, one of two does not", async () => {
    const backend = await createBackend("cpu");
    const shape = { batch: 1, length: 2 };
    const numbers = [[[[0, 0], [0, 0]]]]; // prettier-ignore
    using finished = tensor(backend, numbers);
    using padding = tensor(backend, [[0, 1]]);
    const complete = scope(() =>
      [numbers, finished, [[0, 1]], padding, undefined].map(
        (given) => attentionMask(backend, given, shape).maskIsComplete,
      ),
    );
    expect(complete).toEqual([true, true, false, false, false]);
  });
});
