import { conformanceCases } from "@helium-lm/tensor/conformance/cases";
import type { Selection } from "@helium-lm/tensor/conformance/options";
import { isLeftToSoak } from "../../../../testing/full-form.ts";
import { describeConformanceInPage } from "../browser/describe-conformance-in-page.ts";

/** Ops whose kernels are made for each set of formats, which takes SwiftShader ten seconds a format. */
const joint: readonly string[] = ["quantProjections", "quantGatedProjection"];

/** Some formats, and what is about no format. */
const some = [{ format: "q8_0" }, { format: "q4_0" }, { format: "q4_K" }, { check: "errors" }] as const;

const fewerFormats: readonly Selection[] = conformanceCases.flatMap(({ op }) =>
  joint.includes(op) ? some.map((selection) => ({ op, ...selection })) : [{ op }],
);

describeConformanceInPage({ mode: "wgsl", ...(isLeftToSoak("joint products on webgpu") && { only: fewerFormats }) });
