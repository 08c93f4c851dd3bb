import { bugsIn, type Area } from "./area.ts";

export const layers: Area = {
  name: "masks and layers",
  tests: [
    "packages/nn/src/mask.test.ts",
    "packages/helium/test/models/edges.test.ts",
    "packages/helium/test/models/models.test.ts",
    "packages/helium/test/models/spec-tiny.test.ts",
    "packages/helium/src/families/traits.test.ts",
    "packages/helium/test/models/behaviour.test.ts",
    "packages/helium/test/models/families.test.ts",
  ],
  bugs: [
    ...bugsIn(
      "nn/src/mask.ts",
      ["what is missing of a short mask is visible", "(row[s] ? 1 : 0)", "((row[s] ?? 1) ? 1 : 0)"],
      [
        "a mask of ones is made all the same",
        "if (rows.every((row) => row.every((visible) => visible === 1))) return null;\n",
        "",
        "a mask that shows all changes no number",
      ],
      ["one row of ones hides the others' padding", "rows.every((row) => row.every(", "rows.some((row) => row.every("],
      ["the window is one slot wider", "Math.abs(slot - s) < window", "Math.abs(slot - s) <= window"],
      ["the window looks back only", "Math.abs(slot - s) < window", "slot - s < window && s <= slot"],
      ["queries stand at the first slots", "length - count + t", "t"],
      ["a float mask hides by 0", "-Infinity, mask.dtype", "0, mask.dtype"],
      ["the other mask is left out", "where(visible, mask, hidden)", "where(visible, mask, mask)"],
    ),
    ...bugsIn(
      "nn/src/attention.ts",
      ["values have the query heads' number", "this.#heads(v, K, null)", "this.#heads(v, H, null)"],
      ["keys that lie in no pages do not turn", "k: turn(k), v }", "k, v }"],
      [
        "heads of a rectangle are merged without being permuted",
        "reshape(permute(output, [0, 2, 1, 3]), [q.shape[0] ?? 0, H, D])",
        "reshape(output, [q.shape[0] ?? 0, H, D])",
      ],
      ["the key has the query's norm", "this.#heads(k, K, this.keyNorm)", "this.#heads(k, K, this.queryNorm)"],
      [
        "fused rows are cut in the order q, v, k",
        "splitRows(fused, [H * D, K * D, K * D])",
        "(([a, b, c]) => [a, c, b] as const)(splitRows(fused, [H * D, K * D, K * D]))",
      ],
      ["a finished mask keeps the causal rule", "causal: causal && !open", "causal"],
      [
        "a finished mask keeps the window",
        "window: open || bothWays ? null : window",
        "window: bothWays ? null : window",
      ],
      [
        "a bidirectional window looks back only",
        "const bothWays = !causal && !open && window !== null;",
        "const bothWays = false;",
      ],
      ["the softcap is left out", "      softcap,\n", ""],
      ["the scale is left out", "      scale,\n      softcap,", "      scale: 1,\n      softcap,"],
      [
        "the query norm is of the key heads",
        "QkNorm.load(source.at(names.qNorm), H, D, qkNorm)",
        "QkNorm.load(source.at(names.qNorm), K, D, qkNorm)",
      ],
      ["the output projection has the bias of q, k and v", "bias: config.outBias", "bias"],
      [
        "values come from the keys' pool",
        "const { pool: values } = pages.values;",
        "const { pool: values } = pages.keys;",
      ],
    ),
    ...bugsIn(
      "nn/src/qk-norm.ts",
      ["weights of each head lose their one", 'addsOne ? add(cast(stored, "f32"), 1)', 'addsOne ? cast(stored, "f32")'],
      ["the neutral weight doubles", "addsOne ? 0 : 1)", "addsOne ? 1 : 1)"],
      ["a whole-width norm is one of a head", "wholeWidth ? heads * headDim : headDim", "headDim"],
      ["heads and dimensions swap", "this.#heads, this.#headDim]", "this.#headDim, this.#heads]"],
      [
        "the head weights are left out",
        'mul(this.#norm.forward(cast(heads, "f32")), this.#headWeights)',
        'this.#norm.forward(cast(heads, "f32"))',
      ],
    ),
    ...bugsIn(
      "nn/src/mlp.ts",
      [
        "gate and up swap in one file",
        "splitRows(fused, [F, F])",
        "splitRows(fused, [F, F]).toReversed() as [Linear, Linear]",
      ],
      ["every part is the first rows", "    start += length;\n", ""],
      ["the parts share the first bias", "narrow(fused.bias, 0, start, length)", "narrow(fused.bias, 0, 0, length)"],
      ["the residual is lost", "projectOnto(residual, projectGated", "projectOnto(null, projectGated"],
      ["down has no bias", "outFeatures: C, bias }", "outFeatures: C, bias: false }"],
    ),
    ...bugsIn(
      "nn/src/projections.ts",
      ["a norm that is no RMS norm is left out", "return { input: norm.forward(x) };", "return { input: x };"],
      [
        "the norm is left out of two products",
        "const n = norm ? norm.forward(x) : x;\n  return gatedActivation",
        "const n = x;\n  return gatedActivation",
      ],
      [
        "the gate is applied to the gate",
        "gatedActivation(gate.forward(n), up.forward(n)",
        "gatedActivation(up.forward(n), gate.forward(n)",
      ],
      ["a bias is lost in joint products", "layers.length > 3 || layers.some(({ bias }) => bias)", "layers.length > 3"],
    ),
    ...bugsIn("nn/src/norm/layer-norm.ts", [
      "the bias is never read",
      'source.has("bias") ? own(source.get("bias", [width])) : null',
      "null",
    ]),
    ...bugsIn("nn/src/linear.ts", [
      "the bias is left out",
      "multiply(x, this.weight, this.bias ?? undefined)",
      "multiply(x, this.weight, undefined)",
    ]),
    ...bugsIn(
      "helium/src/model/decoder-block.ts",
      ["the residual scale is left out", "residualScale === 1 ? update : mul(update, residualScale)", "update"],
      ["a parallel block's MLP reads the raw input", "mlp.forward(normed)", "mlp.forward(x)"],
      [
        "the MLP reads the block's input",
        "mlp.forward(a, this.#around(a, preMlp, postMlp))",
        "mlp.forward(x, this.#around(a, preMlp, postMlp))",
      ],
      ["the post-norm is left out", "after ? after.forward(update) : update", "update"],
      [
        "a residual behind a scale is added twice",
        "after === null && this.config.residualScale === 1",
        "after === null",
      ],
      ["the MLP has the norm of attention", "this.#around(a, preMlp, postMlp)", "this.#around(a, preAttn, postMlp)"],
    ),
    ...bugsIn(
      "helium/src/convert/rotary-row-order.ts",
      [
        "pairs interleave the other way",
        "2 * (r % half) + Math.floor(r / half)",
        "(r % half) + half * Math.floor(r / half)",
      ],
      ["rows that rotation leaves move too", "r < rotaryDim ? row - r", "r <= rotaryDim ? row - r"],
    ),
    ...bugsIn(
      "helium/src/model/block-config.ts",
      ["every layer has the first one's window", "traits.window[layer] ?? null", "traits.window[0] ?? null"],
      [
        "a layer without a set rotates",
        "rotates ? traits.rope.pairing : null",
        "traits.rope.pairing",
        "such a layer gets no angles, and without them nothing turns",
      ],
    ),
  ],
};
