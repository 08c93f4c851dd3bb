import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as ops from "@helium-lm/tensor";
import { Tensor, tensor, type Backend, type DType } from "@helium-lm/tensor";
import { conformanceBackends } from "../../../testing/conformance/node-backends.ts";

/** A tensor of scripts/reference/make_op_cases.py. */
interface Given {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: readonly (number | "NaN" | "Infinity" | "-Infinity" | "-0")[];
}

interface OpCase {
  readonly op: string;
  readonly of: "numpy" | "torch";
  readonly args: readonly unknown[];
  readonly results: readonly Given[];
  /** Relative to 1 + |value|; absent: exact. */
  readonly tolerance?: number;
  /** The signs of zeros are compared too. */
  readonly zeros?: boolean;
}

const file = new URL("fixtures/op-cases.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(file, "utf8")) as { readonly cases: readonly OpCase[] };
const opNames = [...new Set(cases.map(({ op }) => op))];

const isGiven = (value: unknown): value is Given => typeof value === "object" && value !== null && "dtype" in value;

type AnyOp = (...args: readonly unknown[]) => Tensor | Readonly<Record<string, Tensor>>;

const describeCase = ({ op, of, args }: OpCase): string =>
  `${of}: ${op}(${args.map((arg) => (isGiven(arg) ? `${arg.dtype}[${arg.shape.join(", ")}]` : JSON.stringify(arg))).join(", ")})`;

/** Subnormal numbers and roundings aside, what NumPy or PyTorch gives. */
function expectGiven(title: string, got: ArrayLike<number>, { data }: Given, { tolerance = 0, zeros = false }: OpCase) {
  const wrong = data.findIndex((text, i) => {
    const [want, have] = [Number(text), Number(got[i])];
    if (Number.isNaN(want) || !Number.isFinite(want)) return !Object.is(want, have);
    if (zeros && want === 0) return !Object.is(want, have);
    // The file has nine digits.
    return Math.abs(have - want) > tolerance * (1 + Math.abs(want)) + 1e-8 * Math.abs(want);
  });
  expect(wrong, `${title}: element ${wrong} is ${Number(got[wrong])}, expected ${String(data[wrong])}`).toBe(-1);
}

describe.each(Object.values(conformanceBackends))("$name", ({ create }) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await create();
  });
  afterAll(() => {
    backend.dispose();
  });

  const run = async (one: OpCase): Promise<void> => {
    const title = describeCase(one);
    const before = backend.memory().handles;
    const s = new ops.Scope();
    const results = s.run(() => {
      const args = one.args.map((arg) => {
        if (!isGiven(arg)) return arg ?? undefined;
        return tensor(backend, arg.data.map(Number), { shape: arg.shape, dtype: arg.dtype });
      });
      const result = (ops as unknown as Readonly<Record<string, AnyOp>>)[one.op](...args);
      return result instanceof Tensor ? [result] : Object.values(result);
    });
    expect(results.length, title).toBe(one.results.length);
    for (const [i, given] of one.results.entries()) {
      expect({ dtype: results[i].dtype, shape: results[i].shape }, title).toEqual({
        dtype: given.dtype,
        shape: given.shape,
      });
      expectGiven(title, await results[i].data(), given, one);
    }
    s.close();
    await backend.synchronize();
    expect(backend.memory().handles, `${title}: storages left`).toBe(before);
  };

  test.each(opNames)("%s gives what NumPy or PyTorch gives", async (name) => {
    for (const one of cases.filter(({ op }) => op === name)) await run(one);
  });
});
