import { describe, expect, test } from "vitest";
import fc from "fast-check";
import {
  all,
  argsort,
  ArgumentError,
  attention,
  configureDispatch,
  conv1d,
  createBackend,
  gather,
  HeliumLmError,
  layerNorm,
  logsumexp,
  max,
  mean,
  oneHot,
  pad,
  prod,
  rmsNorm,
  rope,
  scope,
  sort,
  sub,
  sum,
  tensor,
  topk,
  type Tensor,
} from "@helium-lm/tensor";
import { quantize } from "@helium-lm/tensor/quant";
import { checkOptionNames, unknownOption } from "./option-names.ts";

const cpu = await createBackend("cpu");
const row = (): Tensor => tensor(cpu, [[1, 2, 3]]);

/** What a misspelt option of each call is refused with. */
const calls: readonly [name: string, call: (options: never) => unknown, given: object, nearest: string][] = [
  ["tensor", (options) => tensor(cpu, [1], options), { dType: "f32" }, "dtype"],
  ["sum", (options) => sum(row(), -1, options), { keepdims: true }, "keepDims"],
  ["max", (options) => max(row(), -1, options), { keep_dims: true }, "keepDims"],
  ["sum", (options) => mean(row(), -1, options), { keepdim: true }, "keepDims"],
  ["prod", (options) => prod(row(), -1, options), { keepdims: true }, "keepDims"],
  ["any", (options) => all(row(), -1, options), { keepdims: true }, "keepDims"],
  ["logsumexp", (options) => logsumexp(row(), -1, options), { keepdims: true }, "keepDims"],
  ["argsort", (options) => argsort(row(), -1, options), { decending: true }, "descending"],
  ["sort", (options) => sort(row(), -1, options), { reverse: true }, "descending"],
  ["topk", (options) => topk(row(), 1, -1, options), { Largest: false }, "largest"],
  [
    "pad",
    (options) =>
      pad(
        row(),
        [
          [0, 0],
          [1, 1],
        ],
        options,
      ),
    { values: 3 },
    "value",
  ],
  ["rmsNorm", (options) => rmsNorm(row(), tensor(cpu, [1, 1, 1]), options), { eps: 1, epsilon: 1 }, "eps"],
  ["layerNorm", (options) => layerNorm(row(), tensor(cpu, [1, 1, 1]), undefined, options), { eps: 1, Eps_: 1 }, "eps"],
  ["rope", (options) => rope(row(), row(), row(), options), { pairing: "half", position: row() }, "positions"],
  ["oneHot", (options) => oneHot(tensor(cpu, [0], { dtype: "i32" }), 2, options), { type: "f32" }, "dtype"],
  ["gather", (options) => gather(row(), tensor(cpu, [0], { dtype: "i32" }), options), { d_type: "f32" }, "dtype"],
  ["conv1d", (options) => conv1d(row(), tensor(cpu, [[[1]]]), undefined, options), { strides: 1 }, "stride"],
  ["attention", (options) => attention(row(), row(), row(), options), { scale: 1, is_causal: false }, "causal"],
  ["configureDispatch", (options) => configureDispatch(cpu, options), { Strict: true }, "strict"],
  ["quantize", (options) => quantize("q8_0", new Float32Array(32), 32, options), { methods: "search" }, "method"],
];

describe("an unknown option", () => {
  test.each(calls)("of %s is refused with the nearest", (name, call, given, nearest) => {
    const wrong = Object.keys(given).at(-1) ?? "";
    const message = `${wrong}: is not an option of ${name}; did you mean ${nearest}?`;
    scope(() => {
      expect(() => call(given as never)).toThrow(ArgumentError);
      expect(() => call(given as never)).toThrow(message);
    });
  });

  test.each([
    ["wasm", { thread: 2 }, "threads"],
    ["cpu", { num_threads: 2 }, "threads"],
    ["reference", { treads: 2 }, "threads"],
    ["auto", { max_memory_bytes: 2 }, "maxMemoryBytes"],
    ["gpujs", { Mode: "cpu" }, "mode"],
  ])("of the backend %s is refused with the nearest", async (name, options, nearest) => {
    const attempt = createBackend(name, options);
    await expect(attempt).rejects.toBeInstanceOf(ArgumentError);
    await expect(attempt).rejects.toThrow(`did you mean ${nearest}?`);
  });

  test("an unknown backend is refused with the nearest", async () => {
    await expect(createBackend("WebAssembly")).rejects.toThrow(/known: auto, .*; did you mean /);
    await expect(createBackend("was")).rejects.toThrow(/did you mean wasm\?/);
  });

  test("one that is undefined or null counts as not given", () => {
    expect(unknownOption({ foo: undefined, bar: null }, { dtype: true })).toBeNull();
  });

  test.each([null, "abc", 5, [1]])("%j are no options", (given) => {
    expect(() => checkOptionNames("call", given as object, {})).toThrow(/^options: of call are .*; expected an object/);
  });

  test("any name in snake case has the camel-cased one as its nearest", () => {
    const names = ["maxNewTokens", "maxLength", "minLength", "topK", "topP", "addSpecialTokens", "numBeams", "seed"];
    const known = Object.fromEntries(names.map((name) => [name, true as const]));
    fc.assert(
      fc.property(fc.constantFrom(...names), (name) => {
        const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
        fc.pre(snake !== name);
        expect(unknownOption({ [snake]: 1 }, known)).toEqual({ name: snake, nearest: name });
      }),
      { seed: 1 },
    );
  });
});

test.each<[string, unknown, RegExp]>([
  ["a list", [1, 2], /^sub: is given a list; expected a tensor: make it one by tensor\(backend, …\)/],
  ["a typed array", new Float32Array(2), /^sub: is given a list; expected a tensor/],
  ["nothing", undefined, /^sub: is given undefined; expected a tensor/],
  ["a text", "x", /^sub: is given a string; expected a tensor/],
  ["an object", {}, /^sub: is given an object; expected a tensor/],
])("sub(1, A) where A is %s says what is expected", (_, given, message) => {
  scope(() => {
    const x = row();
    expect(() => sub(1, given as Tensor)).toThrow(message);
    expect(() => sub(x, given as Tensor)).toThrow(message);
    expect(() => sub(given as Tensor, x)).toThrow(HeliumLmError);
  });
});
