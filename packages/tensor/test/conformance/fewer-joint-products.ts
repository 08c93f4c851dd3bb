import { conformanceCases } from "@helium-lm/tensor/conformance/cases";
import type { Selection } from "@helium-lm/tensor/conformance/options";

/** Ops whose kernels are made for each set of formats, which takes SwiftShader ten seconds a format. */
const joint: readonly string[] = ["projections", "gatedProjection"];

/** Of `all`, what is about these ops in some formats, or in none, and what is about the other ops. */
export const fewerJointProducts = (formats: readonly string[], all: Selection = {}): readonly Selection[] =>
  conformanceCases.flatMap(({ op }): readonly Selection[] => {
    if (!joint.includes(op)) return [{ ...all, op }];
    const errors: readonly Selection[] = all.check === undefined ? [{ op, check: "errors" }] : [];
    return [...formats.map((format) => ({ ...all, op, variant: format })), ...errors];
  });
