import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { activationFormulas } from "@helium-lm/tensor/conformance/cases/fused/gated-activation";
import { errorFunction } from "@helium-lm/tensor/conformance/formulas/error-function";
import { roundTo, specialValues, ulpOf, smallestNormal } from "@helium-lm/tensor/conformance/formulas/number-format";
import type { ActivationName, BinaryOp, UnaryOp } from "@helium-lm/tensor";
import { activations } from "../../src/backends/webgpu/wgsl/activations.ts";
import { binaryMath, compareMath, unaryMath } from "../../src/backends/webgpu/wgsl/math.ts";
import { nearestWhole } from "../../src/backends/webgpu/wgsl/floats.ts";
import { wgsl, type Helper } from "../../src/backends/webgpu/wgsl/tag.ts";
import { evaluateFloats, evaluateWords } from "./elementwise-wgsl.ts";
import { needDevice, startWgsl, type WgslDevice } from "./wgsl-device.ts";

let device: WgslDevice | null;
beforeAll(async () => void (device = await startWgsl()));
beforeEach(({ skip }) => needDevice(device !== null, skip));
afterAll(() => device?.close());

const specials = specialValues("f32");
/** Every f32 is as likely as another; and ordinary numbers. */
const anyFloat = fc.oneof(fc.float(), fc.float({ min: -100, max: 100 }), fc.constantFrom(...specials));
const draw = (arbitrary: fc.Arbitrary<number>, n = 4000): number[] => fc.sample(arbitrary, { numRuns: n, seed: 7 });

const tiny = smallestNormal("f32");
/** SwiftShader computes without subnormals: each may stand for 0. */
const flushed = (x: number): number => (Math.abs(x) < tiny ? 0 : x);

/** Units that a result is off by; 0 for the same special value. */
function unitsOff(got: number, exact: number): number {
  const want = roundTo("f32", exact);
  if (Number.isNaN(want)) return Number.isNaN(got) ? 0 : Infinity;
  if (flushed(got) === flushed(want))
    return Math.abs(want) < tiny || Object.is(Math.sign(got), Math.sign(want)) ? 0 : Infinity;
  if (!Number.isFinite(got) || !Number.isFinite(want)) return Infinity;
  return Math.abs(got - exact) / ulpOf("f32", exact);
}

async function worst(
  name: Helper,
  formula: (a: number, b: number) => number,
  a: readonly number[],
  b?: readonly number[],
): Promise<{ units: number; at: readonly number[] }> {
  const expression = (x: string, y: string) => (b ? wgsl`${name}(${x}, ${y})` : wgsl`${name}(${x})`);
  const got = await evaluateFloats(device as WgslDevice, expression, a, b);
  let found = { units: 0, at: [] as number[] };
  got.forEach((value, i) => {
    const [x, y] = [a[i], (b ?? a)[i]];
    if (Math.abs(x) < tiny && x !== 0 && name.name !== "logarithm") return;
    if (b && Math.abs(y) < tiny && y !== 0) return;
    const units = unitsOff(value, formula(x, y));
    if (units > found.units) found = { units, at: [x, y, value] };
  });
  return found;
}

const unary: { readonly [K in UnaryOp]: readonly [(x: number) => number, ulps: number] } = {
  neg: [(x) => -x, 0],
  abs: [Math.abs, 0],
  exp: [Math.exp, 2],
  log: [Math.log, 2],
  sqrt: [Math.sqrt, 0.5],
  rsqrt: [(x) => 1 / Math.sqrt(x), 1.5],
  sin: [Math.sin, 2],
  cos: [Math.cos, 2],
  tanh: [Math.tanh, 2],
  erf: [errorFunction, 2],
};

describe("functions of floats in WGSL", () => {
  test.each(Object.keys(unary) as UnaryOp[])("%s of any f32", async (op) => {
    const [formula, ulps] = unary[op];
    const { units, at } = await worst(unaryMath[op], formula, [...specials, ...draw(anyFloat)]);
    expect(units, `at ${at.join(", ")}`).toBeLessThanOrEqual(ulps);
  });

  const power = (a: number, b: number): number => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b);
  const extreme = (pick: (a: number, b: number) => number) => (a: number, b: number) => pick(a, b) + 0;
  const binary: { readonly [K in BinaryOp]: readonly [(a: number, b: number) => number, ulps: number] } = {
    add: [(a, b) => a + b, 0.5],
    sub: [(a, b) => a - b, 0.5],
    mul: [(a, b) => a * b, 0.5],
    div: [(a, b) => a / b, 0.5],
    max: [extreme(Math.max), 0],
    min: [extreme(Math.min), 0],
    pow: [power, 4],
  };

  test.each(Object.keys(binary) as BinaryOp[])("%s of any two f32", async (op) => {
    const [formula, ulps] = binary[op];
    const pairs = specials.flatMap((a) => specials.map((b) => [a, b] as const));
    const positive = fc.float({ min: Math.fround(0.05), max: 4, noNaN: true });
    const a = [...pairs.map(([x]) => x), ...draw(positive), ...(op === "pow" ? [] : draw(anyFloat))];
    const b = [...pairs.map(([, y]) => y), ...draw(fc.float({ min: -40, max: 40 })), ...draw(anyFloat).toReversed()];
    const { units, at } = await worst(binaryMath[op], formula, a, b.slice(0, a.length));
    expect(units, `at ${at.join(", ")}`).toBeLessThanOrEqual(ulps);
  });

  test("powers of numbers next to 1, by exponents in the millions, keep 17 bits", async () => {
    const { units, at } = await worst(binaryMath.pow, power, draw(anyFloat), draw(anyFloat).toReversed());
    expect(units, `at ${at.join(", ")}`).toBeLessThanOrEqual(128);
  });

  test("comparisons with NaN are false", async () => {
    const pairs = specials
      .filter((x) => x === 0 || !(Math.abs(x) < tiny))
      .flatMap((a, _, all) => all.map((b) => [a, b]));
    const words = (k: 0 | 1) => new Uint32Array(Float32Array.from(pairs, (pair) => pair[k]).buffer);
    const formulas = {
      eq: (a: number, b: number) => a === b,
      lt: (a: number, b: number) => a < b,
      le: (a: number, b: number) => a <= b,
    };
    for (const op of ["eq", "lt", "le"] as const) {
      const compared = (x: string, y: string) => wgsl`u32(${compareMath[op]}(bitcast<f32>(${x}), bitcast<f32>(${y})))`;
      const got = await evaluateWords(device as WgslDevice, compared, words(0), words(1));
      expect([...got]).toEqual(pairs.map(([a, b]) => Number(formulas[op](a, b))));
    }
  });

  test("whole numbers are rounded to even", async () => {
    const x = [
      0.5,
      1.5,
      2.5,
      -0.5,
      -1.5,
      -2.5,
      0.49999997,
      1e6 + 0.5,
      ...draw(fc.float({ min: -1e5, max: 1e5, noNaN: true }), 500),
    ];
    const even = (v: number): number => (Math.abs(v % 1) === 0.5 ? 2 * Math.round(v / 2) : Math.round(v)) + 0;
    const got = await evaluateFloats(device as WgslDevice, (a) => wgsl`${nearestWhole}(${a})`, x);
    expect([...got].map((v) => v + 0)).toEqual(x.map(even));
  });

  test.each(Object.keys(activationFormulas) as ActivationName[])("%s near its formula", async (name) => {
    const x = [0, 1, -1, 40, -40, NaN, 3, -3, 6, ...draw(fc.float({ min: -12, max: 12, noNaN: true }), 2000)];
    const got = await evaluateFloats(device as WgslDevice, (a) => wgsl`${activations[name]}(${a})`, x);
    x.forEach((v, i) => {
      const value = got[i];
      if (Number.isNaN(v)) return expect(value).toBeNaN();
      // As the conformance case: ten steps of rounding on parts as large as x, or x².
      const size = name === "relu2" ? v * v : Math.max(1, Math.abs(v));
      expect(Math.abs(value - activationFormulas[name](v)), `at ${v}`).toBeLessThanOrEqual(6 * 2 ** -24 * size + tiny);
    });
  });
});
