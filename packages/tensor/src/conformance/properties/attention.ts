import fc from "fast-check";
import type { Backend } from "../../backend.ts";
import { attention } from "../../ops/fused/attention.ts";
import type { Tensor } from "../../tensor.ts";
import { attentionDraws, attentionValues, type AttentionCall, type AttentionDraw } from "../attention-arguments.ts";
import type { HostCall, Property } from "../case.ts";
import { doubled, expectSame, expectWithin, type Tolerance } from "../compare.ts";
import { asExpected, at, expected, flatIndex, sliceOf, type HostTensor } from "../host-tensor.ts";
import { download, uploadDense } from "../memory-layout.ts";
import { session } from "../session.ts";

type Values = HostCall<"attention", AttentionCall>;

const kind = { dtype: "f32", variant: "same", values: "reals" } as const;

const tolerance: Tolerance = {
  kind: "relative",
  factor: 8,
  terms: 33,
  intermediate: "f32",
  reason: "the same keys, summed in another order",
};

const run = (backend: Backend, { inputs, params: { dense: _, lengths, ...params } }: Values): Tensor => {
  const [q, keys, values, tables] = [inputs.q, inputs.keys, inputs.values, inputs.tables].map((t) =>
    uploadDense(backend, t),
  );
  const options = { ...params, lengths, tables: tables };
  return attention(q, keys, values, inputs.mask ? { ...options, mask: uploadDense(backend, inputs.mask) } : options);
};

/** Pools as one page per row, slots in order. */
const asDense = (pool: HostTensor, tables: HostTensor, S: number): HostTensor => {
  const [, K, P, D] = pool.shape as [number, number, number, number];
  const B = tables.shape[0];
  return expected("f32", [B, K, S, D], ([b, k, s, d]) => {
    const page = Math.floor(s / P);
    return page < tables.shape[1] ? at(pool, at(tables, b, page), k, s % P, d) : 0;
  });
};

const single: Tolerance = { ...tolerance, factor: 1, terms: 1 };

const oneKey: Property<AttentionDraw> = {
  title: "over one key returns its value",
  draws: attentionDraws.map((draw) => ({ ...draw, B: draw.B || 1, T: 1, past: 0, window: null, mask: "none" })),
  holds: (backend, draw, slack) =>
    session(async (s) => {
      const call = attentionValues(draw, kind);
      const { q, values, tables } = call.inputs;
      const group = q.shape[1] / values.shape[1];
      const want = expected("f32", [...q.shape.slice(0, 3), values.shape[3]], ([b, h, , d]) =>
        at(values, at(tables, b, 0), Math.floor(h / group), 0, d),
      );
      expectWithin("attention over one key", await download(s.run(() => run(backend, call))), want, single, slack);
    }),
};

const causalRows: Property<{ readonly draw: AttentionDraw; readonly cut: number }> = {
  title: "a causal row ignores later keys",
  draws: fc.record({
    draw: attentionDraws.map((draw) => ({ ...draw, B: 1, T: draw.T + 2, causal: true })),
    cut: fc.nat({ max: 20 }),
  }),
  holds: (backend, { draw, cut }) =>
    session(async (s) => {
      const call = attentionValues(draw, kind);
      const { q, keys, values, tables } = call.inputs;
      const T = q.shape[2];
      const rows = (cut % (T - 1)) + 1;
      const [length] = call.params.lengths as [number];
      const changed = (pool: HostTensor): HostTensor => {
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
        sliceOf(after, 2, 0, rows),
        sliceOf(before, 2, 0, rows),
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
      const S = Math.max(1, ...call.params.lengths);
      const B = tables.shape[0];
      const dense: Values = {
        inputs: {
          ...call.inputs,
          keys: asDense(call.inputs.keys, tables, S),
          values: asDense(call.inputs.values, tables, S),
          tables: { dtype: "i32", shape: [B, 1], data: Float64Array.from({ length: B }, (_, b) => b) },
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
  draws: attentionDraws.map((draw) => ({ ...draw, dense: false })),
  holds: (backend, draw) =>
    session(async (s) => {
      const call = attentionValues(draw, kind);
      const N = call.inputs.keys.shape[0];
      const reversed = (pool: HostTensor): HostTensor =>
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

export const attentionProperties: readonly Property[] = [oneKey, causalRows, pagedIsDense, pageOrder, onesMixToOne];
