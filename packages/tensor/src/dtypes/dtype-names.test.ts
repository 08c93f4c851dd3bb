import { describe, expect, expectTypeOf, test } from "vitest";
import { arange, cast, createBackend, DTypeError, ones, scope, tensor } from "@helium-lm/tensor";
import { quantFormatNames } from "@helium-lm/tensor/quant";
import { checkedDType, dtypeAliases, dtypeNamed, type DTypeAlias, type DTypeLike } from "./dtype-names.ts";
import { dtypeNames } from "./dtype.ts";

const cpu = await createBackend("cpu");
const kept = ["auto", "f32", "f16", "bf16", ...quantFormatNames] as const;

describe("other tools' names of dtypes", () => {
  // The names are PyTorch's (`str(torch.float16)`) and NumPy's, and those of transformers.js' `dtype`.
  test.each([
    ["float32", "f32", "f32"],
    ["fp32", "f32", "f32"],
    ["float", "f32", "f32"],
    ["float16", "f16", "f16"],
    ["fp16", "f16", "f16"],
    ["half", "f16", "f16"],
    ["bfloat16", "bf16", "bf16"],
    ["int8", "i8", "q8_0"],
    ["int32", "i32", null],
    ["uint8", "u8", null],
    ["q8", null, "q8_0"],
    ["q4", null, "q4_0"],
    ["int4", null, "q4_0"],
    ["Q4_K", null, "q4_K"],
    ["F16", "f16", "f16"],
    ["toString", null, null],
  ])("%s is %s of elements and %s of weights", (name, element, weight) => {
    expect(dtypeNamed(name, dtypeNames)).toBe(element);
    expect(dtypeNamed(name, kept)).toBe(weight);
  });

  test("no alias is a dtype's own name", () => {
    for (const alias of Object.keys(dtypeAliases)) expect([...kept, ...dtypeNames]).not.toContain(alias);
  });

  test("tensors take them", () => {
    scope(() => {
      expect(tensor(cpu, [1], { dtype: "float16" }).dtype).toBe("f16");
      expect(ones(cpu, [1], "int8").dtype).toBe("i8");
      expect(arange(cpu, 0, 2, 1, "float32").dtype).toBe("f32");
      expect(cast(ones(cpu, [1]), "bfloat16").dtype).toBe("bf16");
    });
  });

  test.each<[string, (dtype: DTypeLike) => unknown]>([
    ["tensor", (dtype) => tensor(cpu, [1], { dtype })],
    ["full", (dtype) => ones(cpu, [1], dtype)],
    ["arange", (dtype) => arange(cpu, 0, 1, 1, dtype)],
    ["cast", (dtype) => cast(ones(cpu, [1]), dtype)],
  ])("%s refuses any other with the nearest", (op, call) => {
    scope(() => {
      expect(() => call("float31" as DTypeLike)).toThrow(DTypeError);
      expect(() => call("float31" as DTypeLike)).toThrow(
        new RegExp(`^${op}: dtype is float31; expected one of f32, .*; did you mean float32\\?$`),
      );
      expect(() => call(7 as unknown as DTypeLike)).toThrow(`${op}: dtype is 7; expected one of f32`);
    });
    expect(cpu.memory().handles).toBe(0);
  });

  test.each([null, 5, {}, Symbol("s"), () => 1, 5n])("what is no text is refused, too", (given) => {
    expect(() => checkedDType({ subject: "dtype" }, given, kept)).toThrow(/^dtype: is .*; expected one of auto, f32/);
  });

  test("the types know which alias fits", () => {
    expectTypeOf<"q4">().toExtend<DTypeAlias<(typeof kept)[number]>>();
    expectTypeOf<"int8">().toExtend<DTypeLike>();
    expectTypeOf<"q4">().not.toExtend<DTypeLike>();
    expectTypeOf<"fp16">().not.toExtend<DTypeAlias<"f32" | "bf16">>();
  });
});
