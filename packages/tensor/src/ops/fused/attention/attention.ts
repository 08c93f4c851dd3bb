import { ArgumentError, ShapeError } from "../../../errors.ts";
import { formatShape } from "../../../layout.ts";
import { checkOptionNames, type OptionNames } from "../../../option-names.ts";
import { scope } from "../../../scope.ts";
import type { Tensor } from "../../../tensor.ts";
import { runFused } from "../../dispatch.ts";
import { permute, reshape } from "../../view.ts";
import { composeAttention, composeRectangularAttention } from "./composition.ts";
import { raggedCall, rectangularCall, type RectangularCall } from "./operands.ts";
import type { AttentionOptions, AttentionResult, RaggedAttentionOptions } from "./options.ts";

/**
 * Grouped-query attention over paged keys and values (Ainslie et al., arXiv 2305.13245; pages as in Kwon et al.,
 * arXiv 2309.06180). A query that sees no key gives 0.
 *
 * A pass of R sequences with N new tokens in all: q is `[N, H, D]`, and `tables`, `queryStarts` and `lengths` say on the
 * device which tokens are whose and where the keys are. The tokens of a sequence stand at its last slots; a token of no
 * sequence gives 0. What a sequence gets does not depend on who shares the pass, to the last bit where the backend
 * promises that.
 *
 * A rectangle of B rows with T tokens each: q is `[B, H, T, D]`, and the queries of row b stand at slots
 * `lengths[b] − T … lengths[b] − 1`.
 *
 * @param q `[N, H, D]` or `[B, H, T, D]`
 * @param keys pool of pages `[pages, K, P, D]`; for a rectangle without `tables` simply `[B, K, S, D]`
 * @param values `[pages, K, P, Dv]`
 * @returns `[N, H, Dv]` or `[B, H, T, Dv]`, in the dtype of q; the caller's to dispose
 * @throws ShapeError, DTypeError, ArgumentError
 * @example
 * // One sequence reads three tokens, another one its next: keys and values of both are in the pools.
 * const options = {
 *   scale: D ** -0.5,
 *   tables: tensor(backend, [[4], [7]], { dtype: "i32" }),
 *   queryStarts: tensor(backend, [0, 3, 4], { dtype: "i32" }),
 *   lengths: tensor(backend, [3, 21], { dtype: "i32" }),
 * };
 * attention(q, keys, values, options); // [4, H, D]
 */
export function attention(
  q: Tensor,
  keys: Tensor,
  values: Tensor,
  options: AttentionOptions | RaggedAttentionOptions,
): Tensor {
  return scope(() => {
    if (isRagged(q, options)) {
      const { inputs, params } = raggedCall(q, keys, values, options);
      const out = { shape: [...q.shape.slice(0, 2), values.shape[3]], dtype: q.dtype };
      return runFused("attention", q.backend, out, inputs, params, () => composeAttention(inputs, params));
    }
    const call = rectangularCall(q, keys, values, options);
    const [B, H, T] = q.shape as [number, number, number];
    const Dv = values.shape[3];
    const out = { shape: [B * T, H, Dv], dtype: q.dtype };
    const rows = runFused("attention", q.backend, out, call.inputs, call.params, () =>
      reshape(permute(compose(q, call).output, [0, 2, 1, 3]), [B * T, H, Dv]),
    );
    return permute(reshape(rows, [B, T, H, Dv]), [0, 2, 1, 3]);
  });
}

/** `attention` of a rectangle that also returns the probabilities `[B, H, T, S]`; always by the definition. */
export function attentionWithWeights(
  q: Tensor,
  keys: Tensor,
  values: Tensor,
  options: AttentionOptions,
): AttentionResult {
  return scope(() => {
    if (isRagged(q, options))
      throw new ShapeError("attention", `q is ${formatShape(q.shape)}; weights are given for [B, H, T, D] only`, {
        given: q.shape,
      });
    return compose(q, rectangularCall(q, keys, values, options));
  });
}

function compose(q: Tensor, { inputs, params, S, mask }: RectangularCall): AttentionResult {
  return composeRectangularAttention({ ...inputs, q, ...(mask && { mask }) }, S, params);
}

const attentionOptions: OptionNames<AttentionOptions & RaggedAttentionOptions> = {
  scale: true,
  causal: true,
  window: true,
  softcap: true,
  mask: true,
  keyScales: true,
  valueScales: true,
  tables: true,
  lengths: true,
  queryStarts: true,
};

/** Which face a call is of, by the rank of q. @throws ShapeError, ArgumentError */
function isRagged(q: Tensor, options: AttentionOptions | RaggedAttentionOptions): options is RaggedAttentionOptions {
  checkOptionNames("attention", options, attentionOptions);
  if (q.rank !== 3 && q.rank !== 4)
    throw new ShapeError("attention", `q is ${formatShape(q.shape)}; expected [N, H, D] or [B, H, T, D]`, {
      argument: "q",
      given: q.shape,
    });
  const ragged = "queryStarts" in options && options.queryStarts !== undefined;
  if (q.rank === 3 && !ragged)
    throw new ArgumentError("attention", "q [N, H, D] needs tables, queryStarts and lengths as i32 tensors");
  if (q.rank === 4 && ragged)
    throw new ArgumentError("attention", "queryStarts go with q [N, H, D]; leave them out for [B, H, T, D]");
  return ragged;
}
