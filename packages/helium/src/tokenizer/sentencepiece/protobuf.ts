/** The content of one protobuf field, by its wire type. */
export type ProtobufValue =
  | { readonly type: "varint"; readonly value: number }
  | { readonly type: "fixed32"; readonly value: number }
  | { readonly type: "fixed64" }
  | { readonly type: "bytes"; readonly value: Uint8Array };

export interface ProtobufField {
  readonly number: number;
  readonly content: ProtobufValue;
}

/**
 * The fields of a protobuf message in their order. Lengths are checked against the bytes that are left before anything
 * is made; nothing is copied. A varint is read as an unsigned number below 2⁵³, or as the int32 that ten bytes hold.
 *
 * @throws RangeError that says at which byte the message breaks
 */
export function* protobufFields(bytes: Uint8Array): Generator<ProtobufField> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  const varint = (): number => {
    // Nearly all are of one byte.
    const first = bytes[at];
    if (first !== undefined && first < 0x80) {
      at++;
      return first;
    }
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError(`ends within a number at byte ${bytes.length}`);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) {
        const signed = BigInt.asIntN(64, value);
        return Number(signed);
      }
    }
    throw new RangeError(`has a number of more than ten bytes at byte ${at}`);
  };
  const need = (length: number): void => {
    if (length > bytes.length - at || length < 0) {
      throw new RangeError(`claims ${length} bytes at byte ${at}, ${bytes.length - at} follow`);
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    if (number < 1) throw new RangeError(`has field number ${number} at byte ${at}`);
    switch (tag % 8) {
      case 0:
        yield { number, content: { type: "varint", value: varint() } };
        break;
      case 1:
        need(8);
        at += 8;
        yield { number, content: { type: "fixed64" } };
        break;
      case 2: {
        const length = varint();
        need(length);
        at += length;
        yield { number, content: { type: "bytes", value: bytes.subarray(at - length, at) } };
        break;
      }
      case 5:
        need(4);
        at += 4;
        yield { number, content: { type: "fixed32", value: view.getFloat32(at - 4, true) } };
        break;
      default:
        throw new RangeError(`has a field of wire type ${tag % 8} at byte ${at}`);
    }
  }
}
