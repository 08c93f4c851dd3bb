import { expect, test } from "vitest";
import { createBackend, Rng, scope, tensor } from "@helium-lm/tensor";
import { Linear } from "./linear.ts";
import { GatedMlp, splitRows } from "./mlp.ts";
import { LayerNorm, RmsNorm } from "./norm/index.ts";

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

const kinds = (["rms", "layer"] as const).flatMap((onto) =>
  (["rms", "layer", null] as const).flatMap((before) =>
    [false, true].map((addsStream) => ({ onto, before, addsStream })),
  ),
);

test.each(kinds)(
  "an MLP onto a stream: a norm $onto behind attention, $before before it, added: $addsStream",
  async ({ onto, before, addsStream }) => {
    const backend = await createBackend("cpu");
    const [C, F, rng] = [32, 24, new Rng(5)];
    const random = (...shape: number[]) =>
      tensor(
        backend,
        Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => rng.normal()),
        { shape },
      );
    const norm = (kind: "rms" | "layer") =>
      kind === "layer"
        ? new LayerNorm(random(C), random(C), { kind, eps: 1e-5 })
        : new RmsNorm(random(C), { kind, eps: 1e-6, weightMode: "one-plus" });
    const linear = (N: number, K: number) => new Linear(random(N, K), random(N));
    const { joined, apart } = scope((s) => {
      const mlp = new GatedMlp(linear(F, C), linear(F, C), linear(C, F), "silu");
      const [x, residual] = [random(2, 1, C), random(2, 1, C)];
      const [behind, first] = [norm(onto), before && norm(before)];
      const stream = behind.forwardOnto(residual, x);
      const output = mlp.forward(stream, { norm: first, residual: addsStream ? stream : null });
      const got = mlp.forwardOnto(x, { residual, norm: behind }, { norm: first, addsStream });
      const values = (of: typeof got) => [of.stream, of.output].map((one) => s.keep(one));
      return { joined: values(got), apart: values({ stream, output }) };
    });
    for (const [i, one] of joined.entries()) expect(await one.toArray()).toEqual(await apart[i]?.toArray());
    for (const one of [...joined, ...apart]) one.dispose();
    expect(backend.memory().handles).toBe(0);
  },
);
