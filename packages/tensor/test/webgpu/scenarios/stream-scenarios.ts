import { concat, gatedProjection, gatedProjectionOnto, rmsNorm, sub, type NormBefore } from "@helium-lm/tensor";
import { matrix, normal, type ScenarioCall } from "./scenario-values.ts";

/** A row behind a norm, onto a residual, then gate and up: `one-plus`, with biases, or without a norm before them, as OLMo 2 has it. */
export const gatedOfStream = (format: "q4_0" | "q6_K" | "q8_0"): ScenarioCall => ({
  name: `gate and up of ${format} in several buffers, of a stream`,
  tolerance: 1e-2,
  run: (backend) => {
    const { stream, gated } = gatedProjectionOnto(
      normal(backend, [1, 512], 3),
      {
        weight: normal(backend, [512], 7, format === "q4_0" ? "bf16" : "f32"),
        residual: normal(backend, [1, 512], 10),
        ...{ eps: 1e-5, weightMode: format === "q4_0" ? "one-plus" : "f32-mul" },
      },
      {
        gate: matrix(backend, format, 900, 512, 4).narrowRows({ q4_0: 430, q6_K: 280, q8_0: 200 }[format], 120),
        up: matrix(backend, format, 900, 512, 5).narrowRows(10, 120),
        activation: "silu",
        ...(format === "q6_K" && { gateBias: normal(backend, [120], 8), upBias: normal(backend, [120], 9) }),
      },
      format === "q8_0" ? undefined : { weight: normal(backend, [512], 6), eps: 1e-5, weightMode: "one-plus" },
    );
    return concat([stream, gated], -1);
  },
});

/** What a card's kernel makes of a stream, less what the ops make that it joins. */
export const sameAsComposed: ScenarioCall = {
  name: "a stream, and gate and up of it, are those of their composition, bit for bit",
  tolerance: 0,
  run: (backend) => {
    const [x, residual] = [normal(backend, [1, 544], 3), normal(backend, [1, 544], 4)];
    const [behind, before] = [5, 6].map((seed) => ({ weight: normal(backend, [544], seed), eps: 1e-5 })) as [
      NormBefore,
      NormBefore,
    ];
    const weights = {
      gate: matrix(backend, "q8_0", 77, 544, 7),
      up: matrix(backend, "q8_0", 77, 544, 8),
      activation: "silu",
    } as const;
    const { stream, gated } = gatedProjectionOnto(x, { ...behind, residual }, weights, before);
    const composed = rmsNorm(x, behind.weight, { eps: behind.eps, residual });
    return concat([sub(stream, composed), sub(gated, gatedProjection(composed, weights, before))], -1);
  },
};
