import { kernelEntry, type KernelEntry } from "../../../contract/kernel-table.ts";
import type { Kernel, OpSignatures, RopePairing } from "../../../contract/kernels.ts";
import type { Operand } from "../../../contract/operand.ts";
import { dtypes, type DType } from "../../../dtypes/dtype.ts";
import { f32, floats } from "../../host/accepts.ts";
import { partOf, type KernelContext, type Place } from "../kernel-context.ts";
import { floatWord } from "../params.ts";
import type { Shader } from "../pipelines.ts";
import { inverseRoot, quotient } from "../wgsl/arithmetic.ts";
import { convert } from "../wgsl/dtypes.ts";
import { magnitude } from "../wgsl/floats.ts";
import { keys as order } from "../wgsl/order.ts";
import { workgroupMax, workgroupSum } from "../wgsl/reduce.ts";
import { wgsl, type Fragment } from "../wgsl/tag.ts";
import { storeOne } from "./elementwise.ts";
import { levelOf } from "./int8-rows.ts";
import { kernelShader, THREADS } from "./module.ts";
import { angleFields, angleWords, positionOf, turned } from "./rope.ts";
import { asNumbers, load } from "./stored.ts";
import { vectorFields, vectorWords, wordFields } from "./rows/rows.ts";

type Inputs = OpSignatures["ropeAppend"]["inputs"];

const i32: readonly DType[] = ["i32"];
const i8: readonly DType[] = ["i8"];

/** The entry of `ropeAppend`: where the device has a place for every storage. */
export const ropeAppendKernels = (context: KernelContext): readonly KernelEntry<"ropeAppend">[] => {
  const { storages } = context.device.limits;
  const given = { out: f32, q: f32, k: f32, v: f32, cos: f32, sin: f32, positions: i32, slots: i32 };
  const norms = { qNorm: floats, kNorm: floats };
  return [
    kernelEntry<"ropeAppend">(
      [
        { ...given, ...norms, keys: floats, values: floats },
        { ...given, ...norms, keys: i8, values: i8, keyScales: f32, valueScales: f32 },
      ],
      createRopeAppend(context),
      {
        says: `at most ${storages} storages, those that are written apart from each other`,
        holds: (inputs) => {
          const pools = poolsOf(inputs);
          const written = new Set(pools.map(({ handle }) => handle));
          const { numbers, words, norms } = readsOf(inputs);
          const read = [numbers, words, norms].flatMap(({ places }) => places);
          return written.size === pools.length && read.length + pools.length + 1 <= storages;
        },
      },
    ),
  ];
};

const poolsOf = ({ keys, values, keyScales, valueScales }: Inputs): Operand[] =>
  [keys, values, keyScales, valueScales].flatMap((one) => (one ? [one] : []));

/** Storages of some operands, each once, and the number of that of each operand. */
interface Storages {
  readonly places: readonly Place[];
  readonly of: readonly number[];
}

/** Operands beside the bytes of them that are read. */
function storagesOf(...operands: readonly (readonly [Operand, number])[]): Storages {
  const handles = [...new Set(operands.map(([{ handle }]) => handle))];
  const places = handles.map((handle) => ({
    handle,
    bytes: operands.reduce((sum, [operand, bytes]) => (operand.handle === handle ? sum + bytes : sum), 0),
  }));
  return { places, of: operands.map(([{ handle }]) => handles.indexOf(handle)) };
}

/** What is read: q, k, v, cos and sin; positions and slots; and the weights of norms. Of most, some share a storage. */
function readsOf({
  q,
  k,
  v,
  cos,
  sin,
  positions,
  slots,
  qNorm,
  kNorm,
}: Inputs): Record<"numbers" | "words" | "norms", Storages> {
  const [N] = q.layout.shape;
  const heads = ({ layout }: Operand): number => 4 * N * layout.shape[1] * layout.shape[2];
  const angles = ({ layout }: Operand): number => 4 * N * layout.shape[1];
  const weight = ({ layout, dtype }: Operand): number => layout.shape[0] * dtypes[dtype].bytes;
  return {
    numbers: storagesOf(
      ...[q, k, v].map((one) => [one, heads(one)] as const),
      ...[cos, sin].map((one) => [one, angles(one)] as const),
    ),
    words: storagesOf([positions, 4 * N], [slots, 4 * N]),
    norms: storagesOf(...(qNorm && kNorm ? [qNorm, kNorm] : []).map((one) => [one, weight(one)] as const)),
  };
}

/** Norms and turns the heads of q and k and puts those of k and v into their pages, a workgroup for each head of a token. */
const createRopeAppend =
  (context: KernelContext): Kernel<"ropeAppend"> =>
  (out, inputs, { pairing, eps, weightMode }) => {
    const { q, k, v, cos, sin, positions, slots, keys, values, keyScales, qNorm, kNorm } = inputs;
    const { numbers, words, norms } = readsOf(inputs);
    const [N, H, D] = q.layout.shape;
    const [pages, K, P] = keys.layout.shape;
    const pools = poolsOf(inputs);
    const text: Text = {
      ...{ pairing, numbers: numbers.of, words: words.of, isScaled: keyScales !== undefined },
      ...{ keys: keys.dtype, values: values.dtype, addsOne: weightMode === "one-plus" },
      norms: [qNorm, kNorm].flatMap((weight, i) =>
        weight ? { dtype: weight.dtype, storage: norms.of[i], isWhole: weight.layout.shape[0] !== D } : [],
      ),
    };
    const key = `ropeAppend ${JSON.stringify(text)}`;
    context.run({
      shader: context.shader(key, () => makeShader(text)),
      reads: [...numbers.places, ...words.places, ...norms.places],
      writes: [
        out,
        ...pools.map((pool) => partOf(pool, N * K * (pool.layout.shape[3] ?? 1) * dtypes[pool.dtype].bytes)),
      ],
      words: [
        ...[N * (H + 2 * K), H, K, D, v.layout.shape[2], P, pages * P, out.layout.offset],
        ...[...angleWords(cos, sin), ...vectorWords(positions), ...vectorWords(slots)],
        ...[q, k, v, ...pools].flatMap(({ layout }) => [layout.offset, ...layout.strides]),
        ...(qNorm && kNorm ? [...vectorWords(qNorm), ...vectorWords(kNorm), floatWord(eps)] : []),
      ],
      groups: N * (H + 2 * K),
    });
  };

/** What of a call makes another shader. */
interface Text {
  readonly pairing: RopePairing;
  /** Numbers of the storages of q, k, v, cos and sin. */
  readonly numbers: readonly number[];
  /** Of positions and slots. */
  readonly words: readonly number[];
  readonly keys: DType;
  readonly values: DType;
  readonly isScaled: boolean;
  /** Of q and of k, or none. */
  readonly norms: readonly NormText[];
  /** Norms add 1 to their weights. */
  readonly addsOne: boolean;
}

interface NormText {
  readonly dtype: DType;
  readonly storage: number;
  /** All heads of a token are one row. */
  readonly isWhole: boolean;
}

const headFields = (name: string): string[] => ["offset", "token", "head", "stride"].map((field) => `${name}_${field}`);
const pageFields = (name: string): string[] => ["offset", "page", "head", "slot"].map((field) => `${name}_${field}`);

function makeShader(text: Text): Shader {
  const { pairing, numbers, words, keys, values, isScaled, norms } = text;
  const [ofQ, ofK, ofV, cosines, sines] = numbers.map((i) => `numbers_${i}`);
  const tables = { cosines, sines };
  const [ofPositions, ofSlots] = words.map((i) => `words_${i}`);
  const each = (name: string, of: readonly number[], type: string): [string, string][] =>
    [...new Set(of)].sort().map((i) => [`${name}_${i}`, type]);
  const pool = (dtype: DType): string => (asNumbers(dtype).bits === 32 ? "u32" : "atomic<u32>");
  const [q, k] = [
    normedRow(text, 0, { side: "q", rows: ofQ, heads: "p.q_heads" }),
    normedRow(text, 1, { side: "k", rows: ofK, heads: "p.kv_heads" }),
  ];
  const plainValue = wgsl`let turned = ${ofV}[start + d * p.v_stride];`;
  return kernelShader({
    name: "ropeAppend",
    reads: Object.fromEntries([
      ...each("numbers", numbers, "f32"),
      ...each("words", words, "i32"),
      ...each(
        "norms",
        norms.map(({ storage }) => storage),
        "u32",
      ),
    ]),
    writes: {
      ...{ out: "f32", keys_words: pool(keys), values_words: pool(values) },
      ...(isScaled && { key_scales: "f32", value_scales: "f32" }),
    },
    params: {
      ...wordFields(
        ...["rows", "q_heads", "kv_heads", "width", "value_width", "page_slots", "all_slots", "out_offset"],
        ...[...angleFields, ...vectorFields("positions"), ...vectorFields("slots")],
        ...[...headFields("q"), ...headFields("k"), ...headFields("v")],
        ...[...pageFields("keys"), "keys_stride", ...pageFields("values"), "values_stride"],
        ...(isScaled ? [...pageFields("key_scales"), ...pageFields("value_scales")] : []),
        ...(norms.length > 0 ? [...vectorFields("q_norm"), ...vectorFields("k_norm")] : []),
      ),
      ...(norms.length > 0 && { eps: "f32" }),
    },
    body: wgsl`
  if (group >= p.rows) { return; }
  let heads = p.q_heads + 2u * p.kv_heads;
  let token = group / heads;
  var head = group % heads;
${positionOf("token", ofPositions)}
  if (head < p.q_heads) {
    let start = p.q_offset + token * p.q_token + head * p.q_head;
${q.before}
    for (var d = lane; d < p.width; d += ${THREADS}u) {
${turned(pairing, q.element, tables)}
      out[p.out_offset + (token * p.q_heads + head) * p.width + d] = turned;
    }
    return;
  }
  head -= p.q_heads;
  let slot = u32(${ofSlots}[p.slots_offset + token * p.slots_stride]);
  // Negative ones are too large as unsigned.
  let isStored = slot < p.all_slots;
  let page = slot / p.page_slots;
  let place_in_page = slot % p.page_slots;
  if (head < p.kv_heads) {
    let start = p.k_offset + token * p.k_token + head * p.k_head;
${k.before}
${storeRow(keys, isScaled, "keys", "key_scales", "p.width", turned(pairing, k.element, tables))}
    return;
  }
  head -= p.kv_heads;
  let start = p.v_offset + token * p.v_token + head * p.v_head;
${storeRow(values, isScaled, "values", "value_scales", "p.value_width", plainValue)}`,
  });
}

interface Side {
  readonly side: "q" | "k";
  /** Names of the storage, and of the number of heads. */
  readonly rows: string;
  readonly heads: string;
}

/** Lines that find the scale of the norm of head `head`, whose row begins at `start`, and the elements of the row behind it. */
function normedRow(
  { norms, addsOne }: Text,
  i: number,
  { side, rows, heads }: Side,
): { readonly before: Fragment; readonly element: (index: string) => Fragment } {
  const norm = norms.at(i);
  const plain = (index: string): Fragment => wgsl`${rows}[start + ${index} * p.${side}_stride]`;
  if (!norm) return { before: wgsl``, element: plain };
  const { dtype, storage, isWhole } = norm;
  const weightAt = (index: string): string =>
    `(p.${side}_norm_offset + ${isWhole ? `(head * p.width + ${index})` : index} * p.${side}_norm_stride)`;
  const weight = (index: string): Fragment => load(asNumbers(dtype), `norms_${storage}`, weightAt(index));
  const length = isWhole ? `(${heads} * p.width)` : "p.width";
  const own = isWhole
    ? wgsl`${rows}[p.${side}_offset + token * p.${side}_token + j / p.width * p.${side}_head + j % p.width * p.${side}_stride]`
    : plain("j");
  return {
    before: wgsl`
    var squares = 0.0;
    for (var j = lane; j < ${length}; j += ${THREADS}u) {
      let own = ${own};
      squares += own * own;
    }
    let norm_scale = ${inverseRoot}(${workgroupSum(THREADS)}(squares, lane) / f32(${length}) + p.eps);`,
    element: (index) => wgsl`(${plain(index)} * norm_scale * (${weight(index)}${addsOne ? " + 1.0" : ""}))`,
  };
}

/** Puts a row into a pool; `element` declares `turned`, its element `d`. */
function storeRow(
  dtype: DType,
  isScaled: boolean,
  pool: string,
  scales: string,
  width: string,
  element: Fragment,
): Fragment {
  const placeIn = (name: string): string =>
    `p.${name}_offset + page * p.${name}_page + head * p.${name}_head + place_in_page * p.${name}_slot`;
  const scale = wgsl`
    var largest = 0u;
    for (var d = lane; d < ${width}; d += ${THREADS}u) {
${element}
      largest = max(largest, ${order.f32.of}(${magnitude}(turned)));
    }
    let scale = ${quotient}(${order.f32.back}(${workgroupMax(THREADS)}(largest, lane)), 127.0);
    if (lane == 0u && isStored) { ${scales}[${placeIn(scales)}] = scale; }`;
  const value = isScaled ? wgsl`${levelOf}(turned, scale)` : convert("f32", dtype, wgsl`turned`);
  return wgsl`
    let ${pool}_row = ${placeIn(pool)};
${isScaled ? scale : wgsl``}
    for (var d = lane; d < ${width} && isStored; d += ${THREADS}u) {
${element}
      let at = ${pool}_row + d * p.${pool}_stride;
      let value = ${value};
${storeOne(asNumbers(dtype), "at", wgsl`value`, `${pool}_words`)}
    }`;
}
