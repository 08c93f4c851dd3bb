import type { DType } from "@helium-lm/tensor";
import { isQuantFormat, quantFormatNames, quantFormats, type QuantFormatName } from "@helium-lm/tensor/quant";
import { storedType } from "../safetensors/safetensors-dtype.ts";

/** How tensors are stored in GGUF: blocks of elements, one element per block for the plain types. */
export interface GgmlType {
  readonly name: GgmlTypeName;
  readonly blockSize: number;
  readonly blockBytes: number;
  /** What a tensor holds it as; null: the format has the type, we cannot read it. */
  readonly dtype: DType | QuantFormatName | null;
  /** Stored bytes, alone in their buffer, to elements of `dtype`; absent where they are the same. Throws a RangeError. */
  readonly convert?: (bytes: Uint8Array) => Uint8Array;
}

type PlainName = "f32" | "f16" | "bf16" | "i8" | "i32" | "i16" | "i64" | "f64";

/** Block types that a file may hold and no tensor can. */
export type UnreadableGgmlType = keyof typeof unreadable;

export type GgmlTypeName = PlainName | QuantFormatName | UnreadableGgmlType;

/** Numbers of the types, from ggml.h; those of block formats are theirs. */
const ids: Readonly<Record<Exclude<GgmlTypeName, QuantFormatName>, number>> = {
  f32: 0,
  f16: 1,
  q8_1: 9,
  q8_K: 15,
  iq2_xxs: 16,
  iq2_xs: 17,
  iq3_xxs: 18,
  iq1_s: 19,
  iq3_s: 21,
  iq2_s: 22,
  i8: 24,
  i16: 25,
  i32: 26,
  i64: 27,
  f64: 28,
  iq1_m: 29,
  bf16: 30,
  tq1_0: 34,
  tq2_0: 35,
  mxfp4: 39,
  nvfp4: 40,
};

const plain: Readonly<Record<PlainName, Omit<GgmlType, "name">>> = {
  f32: { blockSize: 1, blockBytes: 4, dtype: "f32" },
  f16: { blockSize: 1, blockBytes: 2, dtype: "f16" },
  bf16: { blockSize: 1, blockBytes: 2, dtype: "bf16" },
  i8: { blockSize: 1, blockBytes: 1, dtype: "i8" },
  i32: { blockSize: 1, blockBytes: 4, dtype: "i32" },
  i16: { blockSize: 1, blockBytes: 2, dtype: "i32", ...conversionOf("I16") },
  i64: { blockSize: 1, blockBytes: 8, dtype: "i32", ...conversionOf("I64") },
  f64: { blockSize: 1, blockBytes: 8, dtype: "f32", ...conversionOf("F64") },
};

/** Weights and bytes per block, so that files that hold some of these can still be listed and the rest read. */
const unreadable = {
  q8_1: [32, 40],
  q8_K: [256, 292],
  iq2_xxs: [256, 66],
  iq2_xs: [256, 74],
  iq2_s: [256, 82],
  iq3_xxs: [256, 98],
  iq3_s: [256, 110],
  iq1_s: [256, 50],
  iq1_m: [256, 56],
  tq1_0: [256, 54],
  tq2_0: [256, 66],
  mxfp4: [32, 17],
  nvfp4: [64, 36],
} as const;

const byId = new Map<number, GgmlType>([
  ...Object.entries(plain).map(([name, type]) => entry({ name: name as PlainName, ...type })),
  ...quantFormatNames.map((name) => {
    const { blockSize, blockBytes } = quantFormats[name];
    return entry({ name, blockSize, blockBytes, dtype: name });
  }),
  ...Object.entries(unreadable).map(([name, [blockSize, blockBytes]]) =>
    entry({ name: name as UnreadableGgmlType, blockSize, blockBytes, dtype: null }),
  ),
]);

/** The type of a number in a file; undefined for one that is not in the table. */
export function ggmlTypeOf(id: number): GgmlType | undefined {
  return byId.get(id);
}

/** The number under which elements of a dtype or format are written; undefined: GGUF has no such type. */
export function ggmlIdOf(dtype: DType | QuantFormatName): number | undefined {
  if (isQuantFormat(dtype)) return quantFormats[dtype].ggmlType;
  const id = Object.hasOwn(ids, dtype) ? ids[dtype as PlainName] : undefined;
  return id !== undefined && byId.get(id)?.dtype === dtype ? id : undefined;
}

function entry(type: GgmlType): readonly [number, GgmlType] {
  return [isQuantFormat(type.name) ? quantFormats[type.name].ggmlType : ids[type.name], type];
}

function conversionOf(stored: "I16" | "I64" | "F64"): Pick<GgmlType, "convert"> {
  const { convert } = storedType(stored);
  return convert ? { convert } : {};
}
