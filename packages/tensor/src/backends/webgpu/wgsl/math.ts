import type { BinaryOp, CompareOp, UnaryOp } from "../../../contract/kernels.ts";
import { inverseRoot, quotient, squareRoot } from "./arithmetic.ts";
import { errorFunction, exponential, hyperbolicTangent, logarithm, power } from "./exponential.ts";
import { isAtMost, isEqual, isLess, larger, magnitude, negated, smaller } from "./floats.ts";
import { helper, wgsl, type Helper } from "./tag.ts";
import { cosine, sine } from "./trigonometric.ts";

/** Functions of one float. */
export const unaryMath: { readonly [K in UnaryOp]: Helper } = {
  neg: negated,
  abs: magnitude,
  exp: exponential,
  log: logarithm,
  sqrt: squareRoot,
  rsqrt: inverseRoot,
  sin: sine,
  cos: cosine,
  tanh: hyperbolicTangent,
  erf: errorFunction,
};

const operation = (name: string, sign: string): Helper =>
  helper(wgsl`fn ${name}(a: f32, b: f32) -> f32 { return a ${sign} b; }`);

/** Functions of two floats. */
export const binaryMath: { readonly [K in BinaryOp]: Helper } = {
  add: operation("sum", "+"),
  sub: operation("difference", "-"),
  mul: operation("product", "*"),
  div: quotient,
  max: larger,
  min: smaller,
  pow: power,
};

/** Comparisons of two floats. */
export const compareMath: { readonly [K in CompareOp]: Helper } = { eq: isEqual, lt: isLess, le: isAtMost };
