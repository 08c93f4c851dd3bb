import { expect, it } from "vitest";
import { createBackend } from "../../backends.ts";
import { tensor } from "../../tensor.ts";
import { normed } from "./norm-before.ts";
import { rmsNorm } from "./rms-norm.ts";

it("a norm that says more than rmsNorm takes, as a model's does, is that rmsNorm", async () => {
  const backend = await createBackend("cpu");
  using x = tensor(backend, [1, -2, 3, 4], { shape: [2, 2] });
  using weight = tensor(backend, [0.5, 2], { shape: [2] });
  const norm = { kind: "rms", weight, eps: 1e-5, weightMode: "one-plus" } as const;
  using given = normed(x, norm);
  using expected = rmsNorm(x, weight, { eps: 1e-5, weightMode: "one-plus" });
  expect(await given.data()).toEqual(await expected.data());
});
