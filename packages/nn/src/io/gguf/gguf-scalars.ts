import { scalarBytes, type GgufScalar, type GgufScalarType } from "./gguf-values.ts";

type Fixed = Exclude<GgufScalarType, "string">;

const decoders: Readonly<Record<Fixed, (view: DataView, at: number) => GgufScalar["value"]>> = {
  u8: (view, at) => view.getUint8(at),
  i8: (view, at) => view.getInt8(at),
  u16: (view, at) => view.getUint16(at, true),
  i16: (view, at) => view.getInt16(at, true),
  u32: (view, at) => view.getUint32(at, true),
  i32: (view, at) => view.getInt32(at, true),
  f32: (view, at) => view.getFloat32(at, true),
  bool: (view, at) => view.getUint8(at) !== 0,
  u64: (view, at) => view.getBigUint64(at, true),
  i64: (view, at) => view.getBigInt64(at, true),
  f64: (view, at) => view.getFloat64(at, true),
};

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

/** The value of a fixed-size type at `at`. */
export function decodeScalar(type: Fixed, bytes: Uint8Array, at = 0): GgufScalar["value"] {
  return decoders[type](viewOf(bytes), at);
}

/** The values of a fixed-size type that fill `bytes`. */
export function decodeScalars(type: Fixed, bytes: Uint8Array): GgufScalar["value"][] {
  const view = viewOf(bytes);
  const decode = decoders[type];
  const width = scalarBytes[type];
  return Array.from({ length: bytes.length / width }, (_, n) => decode(view, n * width));
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Text of UTF-8 bytes; null when they are none. */
export function decodeText(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}
