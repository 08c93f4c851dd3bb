import { kernelEntry, type KernelEntry } from "../../../contract/kernel-table.ts";
import type { Kernel, OpSignatures, RopePairing } from "../../../contract/kernels.ts";
import type { Operand, StorageHandle } from "../../../contract/operand.ts";
import { dtypes, type DType } from "../../../dtypes/dtype.ts";
import { f32, floats } from "../../host/accepts.ts";
import { partOf, type KernelContext } from "../kernel-context.ts";
import type { Shader } from "../pipelines.ts";
import { quotient } from "../wgsl/arithmetic.ts";
import { convert } from "../wgsl/dtypes.ts";
import { magnitude } from "../wgsl/floats.ts";
import { keys as order } from "../wgsl/order.ts";
import { workgroupMax } from "../wgsl/reduce.ts";
import { wgsl, type Fragment } from "../wgsl/tag.ts";
import { storeOne } from "./elementwise.ts";
import { levelOf } from "./int8-rows.ts";
import { kernelShader, THREADS } from "./module.ts";
import { angleFields, angleWords, positionOf, turned } from "./rope.ts";
import { asNumbers } from "./stored.ts";
import { vectorFields, vectorWords, wordFields } from "./rows.ts";

type Inputs = OpSignatures["ropeAppend"]["inputs"];

const i32: readonly DType[] = ["i32"];
const i8: readonly DType[] = ["i8"];

/** The entry of `ropeAppend`: where the device has a place for every storage. */
export const ropeAppendKernels = (context: KernelContext): readonly KernelEntry<"ropeAppend">[] => {
  const { storages } = context.device.limits;
  const given = { out: f32, q: f32, k: f32, v: f32, cos: f32, sin: f32, positions: i32, slots: i32 };
  return [
    kernelEntry<"ropeAppend">(
      [
        { ...given, keys: floats, values: floats },
        { ...given, keys: i8, values: i8, keyScales: f32, valueScales: f32 },
      ],
      createRopeAppend(context),
      {
        says: `at most ${storages} storages, those that are written apart from each other`,
        holds: (inputs) => {
          const pools = poolsOf(inputs);
          const written = new Set(pools.map(({ handle }) => handle));
          // Behind them the result, cos, sin, positions and slots.
          return written.size === pools.length && sourcesOf(inputs).handles.length + pools.length + 5 <= storages;
        },
      },
    ),
  ];
};

const poolsOf = ({ keys, values, keyScales, valueScales }: Inputs): Operand[] =>
  [keys, values, keyScales, valueScales].flatMap((one) => (one ? [one] : []));

/** The storages of q, k and v, which mostly share one, and which of them each lies in. */
function sourcesOf({ q, k, v }: Inputs): { readonly handles: StorageHandle[]; readonly places: number[] } {
  const handles = [...new Set([q.handle, k.handle, v.handle])];
  return { handles, places: [q, k, v].map(({ handle }) => handles.indexOf(handle)) };
}

/** Turns the heads of q and k and puts those of k and v into their pages, a workgroup for each head of a token. */
const createRopeAppend =
  (context: KernelContext): Kernel<"ropeAppend"> =>
  (out, inputs, { pairing }) => {
    const { q, k, v, cos, sin, positions, slots, keys, values, keyScales } = inputs;
    const { handles, places } = sourcesOf(inputs);
    const [N, H, D] = q.layout.shape;
    const [pages, K, P] = keys.layout.shape;
    const angles = [cos, sin].map((table) => partOf(table, 4 * N * table.layout.shape[1]));
    // Of each storage what the heads in it take.
    const sources = handles.map((handle, i) => {
      const bytes = [q, k, v].map(({ layout }, side) =>
        places[side] === i ? 4 * N * layout.shape[1] * layout.shape[2] : 0,
      );
      return { handle, bytes: bytes.reduce((a, b) => a + b, 0) };
    });
    const pools = poolsOf(inputs);
    const text: Text = { pairing, places, keys: keys.dtype, values: values.dtype, isScaled: keyScales !== undefined };
    const key = `ropeAppend ${pairing} ${places.join("")} ${keys.dtype} ${values.dtype}`;
    context.run({
      shader: context.shader(key, () => makeShader(key, text)),
      reads: [...sources, ...angles, positions, slots],
      writes: [
        out,
        ...pools.map((pool) => partOf(pool, N * K * (pool.layout.shape[3] ?? 1) * dtypes[pool.dtype].bytes)),
      ],
      words: [
        ...[N * (H + 2 * K), H, K, D, v.layout.shape[2], P, pages * P, out.layout.offset],
        ...[...angleWords(cos, sin), ...vectorWords(positions), ...vectorWords(slots)],
        ...[q, k, v, ...pools].flatMap(({ layout }) => [layout.offset, ...layout.strides]),
      ],
      groups: N * (H + 2 * K),
    });
  };

/** What of a call makes another shader. */
interface Text {
  readonly pairing: RopePairing;
  /** Numbers of the storages of q, k and v. */
  readonly places: readonly number[];
  readonly keys: DType;
  readonly values: DType;
  readonly isScaled: boolean;
}

const headFields = (name: string): string[] => ["offset", "token", "head", "stride"].map((field) => `${name}_${field}`);
const pageFields = (name: string): string[] => ["offset", "page", "head", "slot"].map((field) => `${name}_${field}`);

function makeShader(name: string, { pairing, places, keys, values, isScaled }: Text): Shader {
  const [ofQ, ofK, ofV] = places.map((i) => `rows_${i}`);
  const pool = (dtype: DType): string => (asNumbers(dtype).bits === 32 ? "u32" : "atomic<u32>");
  const turnedKey = turned(pairing, ofK, "start", "p.k_stride");
  const plainValue = wgsl`let turned = ${ofV}[start + d * p.v_stride];`;
  return kernelShader({
    name,
    reads: {
      ...Object.fromEntries([...new Set([ofQ, ofK, ofV])].sort().map((rows) => [rows, "f32"])),
      ...{ cosines: "f32", sines: "f32", positions: "i32", slots: "u32" },
    },
    writes: {
      ...{ out: "f32", keys_words: pool(keys), values_words: pool(values) },
      ...(isScaled && { key_scales: "f32", value_scales: "f32" }),
    },
    params: wordFields(
      ...["rows", "q_heads", "kv_heads", "width", "value_width", "page_slots", "all_slots", "out_offset"],
      ...[...angleFields, ...vectorFields("positions"), ...vectorFields("slots")],
      ...[...headFields("q"), ...headFields("k"), ...headFields("v")],
      ...[...pageFields("keys"), "keys_stride", ...pageFields("values"), "values_stride"],
      ...(isScaled ? [...pageFields("key_scales"), ...pageFields("value_scales")] : []),
    ),
    body: wgsl`
  if (group >= p.rows) { return; }
  let heads = p.q_heads + 2u * p.kv_heads;
  let token = group / heads;
  var head = group % heads;
${positionOf("token")}
  if (head < p.q_heads) {
    let start = p.q_offset + token * p.q_token + head * p.q_head;
    for (var d = lane; d < p.width; d += ${THREADS}u) {
${turned(pairing, ofQ, "start", "p.q_stride")}
      out[p.out_offset + (token * p.q_heads + head) * p.width + d] = turned;
    }
    return;
  }
  head -= p.q_heads;
  let slot = slots[p.slots_offset + token * p.slots_stride];
  // Negative ones are too large as unsigned.
  let isStored = slot < p.all_slots;
  let page = slot / p.page_slots;
  let place_in_page = slot % p.page_slots;
  if (head < p.kv_heads) {
    let start = p.k_offset + token * p.k_token + head * p.k_head;
${storeRow(keys, isScaled, "keys", "key_scales", "p.width", turnedKey)}
    return;
  }
  head -= p.kv_heads;
  let start = p.v_offset + token * p.v_token + head * p.v_head;
${storeRow(values, isScaled, "values", "value_scales", "p.value_width", plainValue)}`,
  });
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
