import fc from "fast-check";
import type { Backend } from "../../contract/backend.ts";
import { attention } from "../../ops/fused/attention/attention.ts";
import type { Tensor } from "../../tensor.ts";
import type { AttentionParams } from "../../contract/kernels.ts";
import { permute, reshape } from "../../ops/view.ts";
import {
  attentionDraws,
  attentionValues,
  rectangularDraws,
  sequencesOf,
  type AttentionDraw,
} from "../draws/attention-arguments.ts";
import type { ValuedCall, Property } from "../case.ts";
import { doubled, expectSame, expectWithin, type Tolerance } from "../compare.ts";
import { asExpected, at, expected, flatIndex, hostTensor, sliceOf, type TensorValues } from "../tensor-values.ts";
import { download, uploadDense } from "../draws/memory-layout.ts";
import { session } from "../session.ts";

type Values = ValuedCall<"attention", AttentionParams>;

const kind = { dtype: "f32", variant: "same", values: "reals" } as const;

const tolerance: Tolerance = {
  kind: "relative",
  factor: 8,
  terms: 33,
  intermediate: "f32",
  reason: "the same keys, summed in another order",
};

const run = (backend: Backend, { inputs, params }: Values): Tensor => {
  const upload = (t: TensorValues): Tensor => uploadDense(backend, t);
  const { q, keys, values, tables, queryStarts, lengths, mask } = inputs;
  return attention(upload(q), upload(keys), upload(values), {
    ...params,
    tables: upload(tables),
    queryStarts: upload(queryStarts),
    lengths: upload(lengths),
    ...(mask && { mask: upload(mask) }),
  });
};

/** Pools as one page per sequence, slots in order. */
const asDense = (pool: TensorValues, call: Values, S: number): TensorValues => {
  const [, K, P, D] = pool.shape as [number, number, number, number];
  const sequences = sequencesOf(call);
  const slots = call.inputs.tables.shape[1] * P;
  return expected("f32", [sequences.length, K, S, D], ([r, k, s, d]) =>
    s < slots && pool.shape[0] > 0 ? at(pool, sequences[r].page(s), k, s % P, d) : 0,
  );
};

const single: Tolerance = { ...tolerance, factor: 1, terms: 1 };

const oneKey: Property<AttentionDraw> = {
  title: "over one key returns its value",
  draws: rectangularDraws.map((draw) => ({
    ...draw,
    counts: [1, ...draw.counts.slice(1).map(() => 1)],
    past: 0,
    window: null,
    mask: "none",
  })),
  holds: (backend, draw, slack) =>
    session(async (s) => {
      const call = attentionValues(draw, kind);
      const { q, values, tables } = call.inputs;
      const group = q.shape[1] / values.shape[1];
      const want = expected("f32", [...q.shape.slice(0, 2), values.shape[3]], ([n, h, d]) =>
        at(values, at(tables, n, 0), Math.floor(h / group), 0, d),
      );
      expectWithin("attention over one key", await download(s.run(() => run(backend, call))), want, single, slack);
    }),
};

const causalRows: Property<{ readonly draw: AttentionDraw; readonly cut: number }> = {
  title: "a causal row ignores later keys",
  draws: fc.record({
    draw: rectangularDraws.map((draw) => ({ ...draw, counts: [(draw.counts[0] ?? 0) + 2], causal: true })),
    cut: fc.nat({ max: 20 }),
  }),
  holds: (backend, { draw, cut }) =>
    session(async (s) => {
      const call = attentionValues(draw, kind);
      const { q, keys, values, tables } = call.inputs;
      const T = q.shape[0];
      const rows = (cut % (T - 1)) + 1;
      const length = at(call.inputs.lengths, 0);
      const changed = (pool: TensorValues): TensorValues => {
        const [, K, P, D] = pool.shape as [number, number, number, number];
        const data = pool.data.slice();
        for (let slot = length - T + rows; slot < length; slot++) {
          const page = at(tables, 0, Math.floor(slot / P));
          for (let k = 0; k < K; k++) {
            const start = flatIndex(pool.shape, [page, k, slot % P, 0]);
            for (let d = 0; d < D; d++) data[start + d] = 7 - data[start + d];
          }
        }
        return { ...pool, data };
      };
      const before = await download(s.run(() => run(backend, call)));
      const other = { ...call, inputs: { ...call.inputs, keys: changed(keys), values: changed(values) } };
      const after = await download(s.run(() => run(backend, other)));
      expectSame(
        `first ${rows} of ${T} queries after later keys changed`,
        sliceOf(after, 0, 0, rows),
        sliceOf(before, 0, 0, rows),
      );
    }),
};

const pagedIsDense: Property<AttentionDraw> = {
  title: "pages give what one run of slots gives",
  draws: attentionDraws.map((draw) => ({ ...draw, dense: false })),
  holds: (backend, draw, slack) =>
    session(async (s) => {
      const call = attentionValues(draw, kind);
      const { tables } = call.inputs;
      const S = Math.max(1, ...sequencesOf(call).map(({ length }) => length));
      const R = tables.shape[0];
      const dense: Values = {
        inputs: {
          ...call.inputs,
          keys: asDense(call.inputs.keys, call, S),
          values: asDense(call.inputs.values, call, S),
          tables: { dtype: "i32", shape: [R, 1], data: Float64Array.from({ length: R }, (_, r) => r) },
          lengths: hostTensor(
            "i32",
            [R],
            sequencesOf(call).map(({ length }) => length),
          ),
        },
        params: call.params,
      };
      const got = await download(s.run(() => run(backend, call)));
      const want = await download(s.run(() => run(backend, dense)));
      const size = want.data.map(() => 8 * Math.max(1, ...want.data.map(Math.abs)));
      expectWithin("pages beside one run", got, asExpected(want, size), tolerance, doubled(slack));
    }),
};

const pageOrder: Property<AttentionDraw> = {
  title: "where the pages lie in the pool does not matter",
  draws: attentionDraws.map((draw) => ({ ...draw, dense: false, wild: false })),
  holds: (backend, draw) =>
    session(async (s) => {
      const call = attentionValues(draw, kind);
      const N = call.inputs.keys.shape[0];
      const reversed = (pool: TensorValues): TensorValues =>
        expected("f32", pool.shape, ([page, ...rest]) => at(pool, N - 1 - page, ...rest));
      const { keys, values, tables } = call.inputs;
      const moved: Values = {
        inputs: {
          ...call.inputs,
          keys: reversed(keys),
          values: reversed(values),
          tables: { ...tables, data: tables.data.map((page) => N - 1 - page) },
        },
        params: call.params,
      };
      const got = await download(s.run(() => run(backend, moved)));
      expectSame("pages in reverse", got, await download(s.run(() => run(backend, call))));
    }),
};

const onesMixToOne: Property<AttentionDraw> = {
  title: "weights sum to 1, or to 0 where nothing is visible",
  draws: attentionDraws,
  holds: (backend, draw, slack) =>
    session(async (s) => {
      const call = attentionValues(draw, kind);
      const values = { ...call.inputs.values, data: call.inputs.values.data.map(() => 1) };
      const got = await download(s.run(() => run(backend, { ...call, inputs: { ...call.inputs, values } })));
      const want = expected("f32", got.shape, (_, i) => [got.data[i] < 0.5 ? 0 : 1, 1]);
      expectWithin("Σ weights", got, want, { ...tolerance, factor: 2 }, slack);
    }),
};

/** The rectangular face on `[B, H, T, D]`, of a call whose sequences have as many tokens each. */
const runRectangle = (backend: Backend, call: Values, B: number, dense: boolean): Tensor => {
  const { inputs, params } = call;
  const upload = (t: TensorValues): Tensor => uploadDense(backend, t);
  const [N, H, D] = inputs.q.shape as [number, number, number];
  const T = B === 0 ? 0 : N / B;
  const rows = (t: Tensor, heads: number, last: number): Tensor =>
    permute(reshape(t, [B, T, heads, last]), [0, 2, 1, 3]);
  const lengths = sequencesOf(call).map(({ length }) => length);
  const S = Math.max(0, ...lengths);
  const maskOf = (given: TensorValues): Tensor => {
    const [n, h, s] = [1, ...given.shape].slice(-3) as [number, number, number];
    const cut = s === 1 ? given : sliceOf(given, given.shape.length - 1, 0, S);
    const last = s === 1 ? 1 : S;
    return n === N ? rows(reshape(upload(cut), [n, h, last]), h, last) : reshape(upload(cut), [1, h, 1, last]);
  };
  const out = attention(rows(upload(inputs.q), H, D), upload(inputs.keys), upload(inputs.values), {
    ...params,
    ...(!dense && { tables: upload(inputs.tables), lengths }),
    ...(inputs.mask && { mask: maskOf(inputs.mask) }),
  });
  return reshape(permute(out, [0, 2, 1, 3]), [N, H, inputs.values.shape[3]]);
};

const rectangle: Property<AttentionDraw> = {
  title: "a rectangle gives what its sequences give",
  draws: rectangularDraws,
  holds: (backend, draw, slack) =>
    session(async (s) => {
      const call = attentionValues(draw, kind);
      const got = await download(s.run(() => runRectangle(backend, call, draw.counts.length, draw.dense)));
      const want = await download(s.run(() => run(backend, call)));
      const size = want.data.map(() => 8 * Math.max(1, ...want.data.map(Math.abs)));
      expectWithin("[B, H, T, D] beside [N, H, D]", got, asExpected(want, size), tolerance, doubled(slack));
    }),
};

export const attentionProperties: readonly Property[] = [
  oneKey,
  causalRows,
  pagedIsDense,
  pageOrder,
  onesMixToOne,
  rectangle,
];
