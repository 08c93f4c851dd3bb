import type { AttentionParams } from "../../../../contract/kernels.ts";
import { floatWord } from "../../params.ts";
import type { Shader } from "../../pipelines.ts";
import { exponential, hyperbolicTangent } from "../../wgsl/exponential.ts";
import { keys as order } from "../../wgsl/order.ts";
import { helper, wgsl, type Fragment } from "../../wgsl/tag.ts";
import { kernelShader } from "../module.ts";
import { wordFields } from "../rows/rows.ts";
import { asNumbers, load } from "../stored.ts";
import { TILE, type AttentionInputs, type AttentionPlan } from "./sizes.ts";

/** Operands by the names of their storages, with the number of their axes. */
const operands = [
  ["q", 3],
  ["keys", 4],
  ["values", 4],
  ["tables", 2],
  ["starts", 1],
  ["lengths", 1],
] as const;

const optionalOperands = [
  ["mask", 3],
  ["key_scales", 3],
  ["value_scales", 3],
] as const;

const sizes = [
  ...["tokens", "group_size", "heads", "kv_heads", "depth", "value_depth", "pages", "page_slots"],
  ...["sequences", "slots", "covered", "blocks", "chunks", "splits", "out_offset"],
  ...["scale", "softcap", "window", "causal"],
];

const fields = [
  ...sizes,
  ...[...operands, ...optionalOperands].flatMap(([name, axes]) => [
    `${name}_offset`,
    ...range(axes).map((axis) => `${name}_s${axis}`),
  ]),
];

/** More slots than there are, for what is not limited. */
const NO_LIMIT = 2 ** 31 - 1;

export function attentionWords(
  inputs: AttentionInputs,
  { scale, softcap, window, causal }: AttentionParams,
  { blocks, chunks, splits, slots }: AttentionPlan,
  outOffset: number,
): number[] {
  const { q, keys, values, tables, queryStarts, lengths, mask, keyScales, valueScales } = inputs;
  const [N, H, D] = q.layout.shape;
  const [pages, K, P] = keys.layout.shape;
  const given = [q, keys, values, tables, queryStarts, lengths, mask, keyScales, valueScales];
  const axes = [...operands, ...optionalOperands];
  return [
    ...[N, H / K, H, K, D, values.layout.shape[3], pages, P],
    ...[tables.layout.shape[0], slots, mask?.layout.shape[2] ?? NO_LIMIT, blocks, chunks, splits, outOffset],
    ...[floatWord(scale), floatWord(softcap ?? 0), Math.min(window ?? NO_LIMIT, NO_LIMIT), causal ? 1 : 0],
    ...given.flatMap((one, i) =>
      one ? [one.layout.offset, ...one.layout.strides] : new Array<number>(1 + axes[i][1]).fill(0),
    ),
  ];
}

/** Sequence of a token (none: that behind the last), and the slots [begin, end) that it may see, masks aside. */
const view = helper(wgsl`struct View { sequence: u32, begin: i32, end: i32 }`);

const viewOf = helper(
  wgsl`fn viewOf(token: u32) -> ${view} {
    let n = i32(token);
    for (var r = 0u; r < p.sequences; r++) {
      let begin = bitcast<i32>(starts[p.starts_offset + r * p.starts_s0]);
      let end = clamp(bitcast<i32>(starts[p.starts_offset + (r + 1u) * p.starts_s0]), 0, i32(p.tokens));
      if (begin <= n && n < end) {
        let length = clamp(bitcast<i32>(lengths[p.lengths_offset + r * p.lengths_s0]), 0, i32(p.slots));
        let slot = length - (end - n);
        let covered = min(length, i32(p.covered));
        var first = 0;
        // slot − window + 1 without the wrap of a large window.
        if (slot >= i32(p.window)) { first = slot - i32(p.window) + 1; }
        return ${view}(r, first, select(covered, min(slot + 1, covered), p.causal == 1u));
      }
    }
    return ${view}(p.sequences, 0, 0);
  }`,
);

function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}

/**
 * A workgroup takes `together` rows of one kv head, one chunk of the columns of the values, and every splits-th tile of keys. Thread
 * i computes the scores of key i of a tile, then all threads mix the values of the tile, each in its columns.
 * Scores are shared as keys of `order.ts`, of which 0 marks a hidden key.
 */
export function attentionShader(
  name: string,
  { keys, values, mask, keyScales }: AttentionInputs,
  { together, columns: perThread }: AttentionPlan,
  isSplit: boolean,
  hasSoftcap: boolean,
): Shader {
  const rows = range(together);
  const columns = range(perThread);
  const scoreKeys = helper(wgsl`var<workgroup> scoreKeys: array<u32, ${TILE * together}>;`);
  const weights = helper(wgsl`var<workgroup> weights: array<f32, ${TILE * together}>;`);
  const valueRows = helper(wgsl`var<workgroup> valueRows: array<u32, ${TILE}>;`);
  const rowScales = helper(wgsl`var<workgroup> rowScales: array<f32, ${TILE}>;`);
  const each = (of: (j: number) => Fragment): Fragment[] => rows.map(of);

  const maskOf = (j: number): Fragment => {
    if (!mask) return wgsl``;
    const at = `(p.mask_offset + n_${j} * p.mask_s0 + h_${j} * p.mask_s1 + s * p.mask_s2)`;
    const value = load(asNumbers(mask.dtype), "mask", at);
    if (mask.dtype === "bool") return wgsl`if (${value} == 0u) { key = 0u; }`;
    return wgsl`
          let added = ${value};
          score_${j} += added;
          key = select(${order.f32.of}(score_${j}), 0u, bitcast<u32>(added) == 0xff800000u);`;
  };

  const store = (j: number): Fragment => {
    const at = `(n_${j} * p.heads + h_${j})`;
    const write = isSplit
      ? wgsl`
      let at = (${at} * p.splits + split) * (p.value_depth + 2u);
${columns.map((c) => wgsl`      if (d_${c} < p.value_depth) { out[at + d_${c}] = mixed_${j}_${c}; }`)}
      if (lane == 0u) {
        out[at + p.value_depth] = bitcast<f32>(top_${j});
        out[at + p.value_depth + 1u] = total_${j};
      }`
      : wgsl`
      let at = p.out_offset + ${at} * p.value_depth;
      // A row that sees nothing is 0.
      let sum = select(total_${j}, 1.0, top_${j} == 0u);
${columns.map((c) => wgsl`      if (d_${c} < p.value_depth) { out[at + d_${c}] = mixed_${j}_${c} / sum; }`)}`;
    return wgsl`    if (i_${j} < rows) {${write}
    }`;
  };

  return kernelShader({
    name,
    reads: {
      ...{ q: "f32", keys: "u32", values: "u32", tables: "u32", starts: "u32", lengths: "u32" },
      ...(mask && { mask: "u32" }),
      ...(keyScales && { key_scales: "f32", value_scales: "f32" }),
    },
    writes: { out: "f32" },
    params: wordFields(...fields),
    threads: TILE,
    body: wgsl`
  let split = group % p.splits;
  let chunk = group / p.splits % p.chunks;
  let kv = group / (p.splits * p.chunks) % p.kv_heads;
  let block = group / (p.splits * p.chunks * p.kv_heads);
  if (block >= p.blocks) { return; }
  let rows = p.tokens * p.group_size;
${columns.map((c) => wgsl`  let d_${c} = (chunk * ${perThread}u + ${c}u) * ${TILE}u + lane;`)}
  var sequenceOf: array<u32, ${together}>;
${each(
  (j) => wgsl`
  let i_${j} = block * ${together}u + ${j}u;
  let n_${j} = min(i_${j}, rows - 1u) / p.group_size;
  let h_${j} = kv * p.group_size + i_${j} % p.group_size;
  let view_${j} = ${viewOf}(n_${j});
  let q_${j} = p.q_offset + n_${j} * p.q_s0 + h_${j} * p.q_s1;
  sequenceOf[${j}] = view_${j}.sequence;
  var top_${j} = 0u;
  var total_${j} = 0.0;
${columns.map((c) => wgsl`  var mixed_${j}_${c} = 0.0;`)}`,
)}
  // Rows of one sequence at a time: they have the same keys.
  var last = 0u;
  for (var first = 0u; first < ${together}u; first = last) {
    let r = sequenceOf[first];
    last = first + 1u;
    while (last < ${together}u && sequenceOf[last] == r) { last++; }
    if (r == p.sequences) { continue; }
    var begin = 0x7fffffff;
    var end = 0;
${each(
  (j) => wgsl`
    let isNow_${j} = ${j}u >= first && ${j}u < last;
    if (isNow_${j}) { begin = min(begin, view_${j}.begin); end = max(end, view_${j}.end); }`,
)}
    for (var tile = ${TILE} * (begin / ${TILE} + i32(split)); tile < end; tile += ${TILE} * i32(p.splits)) {
      // What was shared of the last tile is read before it is overwritten.
      workgroupBarrier();
      let s = u32(tile) + lane;
${each((j) => wgsl`      var score_${j} = 0.0;`)}
      if (i32(s) >= begin && i32(s) < end) {
        let stored = bitcast<i32>(tables[p.tables_offset + r * p.tables_s0 + s / p.page_slots * p.tables_s1]);
        let page = u32(clamp(stored, 0, i32(p.pages) - 1));
        let slot = s % p.page_slots;
        var key_at = p.keys_offset + page * p.keys_s0 + kv * p.keys_s1 + slot * p.keys_s2;
        for (var d = 0u; d < p.depth; d++) {
          let x = f32(${load(asNumbers(keys.dtype), "keys", "key_at")});
${each((j) => wgsl`          score_${j} += q[q_${j} + d * p.q_s2] * x;`)}
          key_at += p.keys_s3;
        }
        ${valueRows}[lane] = p.values_offset + page * p.values_s0 + kv * p.values_s1 + slot * p.values_s2;
${
  keyScales
    ? wgsl`
        let key_scale = key_scales[p.key_scales_offset + page * p.key_scales_s0 + kv * p.key_scales_s1 + slot * p.key_scales_s2];
        ${rowScales}[lane] = value_scales[p.value_scales_offset + page * p.value_scales_s0 + kv * p.value_scales_s1 + slot * p.value_scales_s2];
${each((j) => wgsl`        score_${j} *= key_scale;`)}`
    : wgsl``
}
      }
${each(
  (j) => wgsl`
      {
        var key = 0u;
        if (isNow_${j} && i32(s) >= view_${j}.begin && i32(s) < view_${j}.end) {
          score_${j} *= bitcast<f32>(p.scale);
          ${hasSoftcap ? wgsl`score_${j} = bitcast<f32>(p.softcap) * ${hyperbolicTangent}(score_${j} / bitcast<f32>(p.softcap));` : wgsl``}
          key = ${order.f32.of}(score_${j});
          ${maskOf(j)}
        }
        ${scoreKeys}[${j * TILE}u + lane] = key;
      }`,
)}
      workgroupBarrier();
${each(
  (j) => wgsl`
      {
        var top = top_${j};
        for (var k = 0u; k < ${TILE}u; k++) { top = max(top, ${scoreKeys}[${j * TILE}u + k]); }
        let largest = ${order.f32.back}(top);
        if (top != top_${j}) {
          var factor = 0.0;
          if (top_${j} != 0u) { factor = ${exponential}(${order.f32.back}(top_${j}) - largest); }
          total_${j} *= factor;
${columns.map((c) => wgsl`          mixed_${j}_${c} *= factor;`)}
          top_${j} = top;
        }
        // −1 for a hidden key; a score of −∞ has no weight, whatever the largest is.
        var weight = -1.0;
        if (${scoreKeys}[${j * TILE}u + lane] != 0u) {
          weight = 0.0;
          if (bitcast<u32>(score_${j}) != 0xff800000u) { weight = ${exponential}(score_${j} - largest); }
        }
        ${weights}[${j * TILE}u + lane] = weight;
      }`,
)}
      workgroupBarrier();
      let count = u32(min(${TILE}, end - tile));
      for (var k = 0u; k < count; k++) {
        // Only keys that a row sees are looked at: in a slot that is not used may lie anything.
        let value_at = ${valueRows}[k];
${columns.map(
  (c) => wgsl`
        var value_${c} = 0.0;
        if (d_${c} < p.value_depth) {
          let at = value_at + d_${c} * p.values_s3;
          value_${c} = f32(${load(asNumbers(values.dtype), "values", "at")})${keyScales ? wgsl` * ${rowScales}[k]` : ""};
        }`,
)}
${each(
  (j) => wgsl`
        let weight_${j} = ${weights}[${j * TILE}u + k];
        if (bitcast<u32>(weight_${j}) != 0xbf800000u) {
          total_${j} += weight_${j};
${columns.map((c) => wgsl`          mixed_${j}_${c} += weight_${j} * value_${c};`)}
        }`,
)}
      }
    }
  }
${each(store)}`,
  });
}
