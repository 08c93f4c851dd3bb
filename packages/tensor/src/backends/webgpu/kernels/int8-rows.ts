import type { Kernel } from "../../../contract/kernels.ts";
import type { KernelContext } from "../kernel-context.ts";
import type { Shader } from "../pipelines.ts";
import { quotient } from "../wgsl/arithmetic.ts";
import { isNan, magnitude, nearestWhole } from "../wgsl/floats.ts";
import { helper, wgsl } from "../wgsl/tag.ts";
import { placed, runElementwise } from "./elementwise.ts";
import { kernelShader } from "./module.ts";
import { rowFields, rowsOf, rowStart, rowTop, wordFields } from "./rows/rows.ts";
import { asNumbers } from "./stored.ts";

/** out[row] = max |x| / 127, NaN where there is one. */
export const createInt8Scales =
  (context: KernelContext): Kernel<"int8Scales"> =>
  (out, { x }) =>
    context.scoped(() => {
      const { place, count, length, words } = rowsOf(context, x);
      context.run({
        shader: context.shader("int8Scales", scalesShader),
        ...{ reads: [place], writes: [out] },
        words: [count, length, out.layout.offset, ...words],
        groups: count,
      });
    });

const scalesShader = (): Shader =>
  kernelShader({
    name: "int8Scales",
    reads: { x_words: "u32" },
    writes: { out: "f32" },
    params: wordFields("count", "length", "out_offset", ...rowFields("x")),
    body: wgsl`
  if (group >= p.count) { return; }
${rowStart("x", "group")}
${rowTop(wgsl`${magnitude}(x)`)}
  if (lane == 0u) { out[p.out_offset + group] = ${quotient}(top, 127.0); }`,
  });

/** x / scale to nearest even; NaN → 0, out of range saturates. */
export const levelOf = helper(
  wgsl`fn levelOf(x: f32, scale: f32) -> i32 {
    let level = ${quotient}(x, scale);
    if (${isNan}(level)) { return 0; }
    return clamp(i32(${nearestWhole}(clamp(level, -1000.0, 1000.0))), -128, 127);
  }`,
);

/** out = x / scale to nearest even; NaN → 0, out of range saturates. */
export const createInt8Levels =
  (context: KernelContext): Kernel<"int8Levels"> =>
  (out, { x, scales }) => {
    const { offset, strides } = scales.layout;
    const spread = { shape: x.layout.shape, strides: [...strides, 0], offset };
    runElementwise(context, {
      ...{ name: "int8Levels", out: placed(out), stored: asNumbers("i8") },
      inputs: [
        { name: "x", operand: placed(x), stored: asNumbers("f32") },
        { name: "scale", operand: { place: scales, layout: spread }, stored: asNumbers("f32") },
      ],
      value: () => wgsl`${levelOf}(x, scale)`,
    });
  };
