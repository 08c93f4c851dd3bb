import { expect, test } from "vitest";
import { decodeF16, f16Pair } from "../wgsl/halves.ts";
import { wgsl, type Fragment } from "../wgsl/tag.ts";
import { kernelShader } from "./module.ts";

const shader = (body: Fragment, subgroups = false) =>
  kernelShader({ name: "k", reads: { x: "u32" }, writes: { out: "f32" }, params: {}, body, subgroups });

test("a kernel that reads f16 has a second text, in which the device reads them", () => {
  const { code, codeWithF16 } = shader(wgsl`out[0] = ${f16Pair}(x[0]).x + ${decodeF16}(x[1]);`);
  expect(code).not.toMatch(/enable|\bf16\b/);
  expect(codeWithF16).toMatch(/^enable f16;\n/);
  expect(codeWithF16?.match(/bitcast<vec2<f16>>\(\w+\)/g)).toEqual([
    "bitcast<vec2<f16>>(word)",
    "bitcast<vec2<f16>>(half)",
  ]);
  const mainOf = (text = "") => text.slice(text.indexOf("struct Params"));
  expect(mainOf(codeWithF16)).toBe(mainOf(code));
});

test("what is enabled comes before all declarations", () => {
  const { code, codeWithF16 } = shader(wgsl`out[0] = subgroupAdd(${decodeF16}(x[0]));`, true);
  expect(code).toMatch(/^enable subgroups;\n\nfn /);
  expect(codeWithF16).toMatch(/^enable f16;\nenable subgroups;\n\nfn /);
});

test("a kernel that reads none has one text", () => {
  expect(shader(wgsl`out[0] = f32(x[0]);`)).not.toHaveProperty("codeWithF16");
});
