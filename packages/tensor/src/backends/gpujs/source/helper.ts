import type { ArgumentType } from "../library.ts";

/**
 * A function that kernels may call, as source text: bundlers and minifiers rewrite functions, and GPU.js would translate
 * what they left of them.
 */
export interface Helper {
  readonly source: string;
  readonly argumentTypes: readonly ArgumentType[];
  readonly returnType: "Number" | "Integer";
  /** Names of the helpers that this one calls. */
  readonly uses: readonly string[];
}

/** A helper of f32 arguments and result. */
export function floatHelper(source: string, argumentCount = 1, uses: readonly string[] = []): Helper {
  const argumentTypes = new Array<ArgumentType>(argumentCount).fill("Number");
  return { source, argumentTypes, returnType: "Number", uses };
}

/** `c₀ + x(c₁ + x(c₂ + …))` as an expression. */
export function polynomial(x: string, coefficients: readonly number[]): string {
  const [first = 0, ...rest] = coefficients;
  return rest.length === 0 ? literal(first) : `(${literal(first)} + ${x} * ${polynomial(x, rest)})`;
}

/** A number as a kernel's literal: negative ones in parentheses. */
export function literal(value: number): string {
  return value < 0 ? `(${value})` : String(value);
}
