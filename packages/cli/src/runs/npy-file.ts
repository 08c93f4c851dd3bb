/** Header of a `.npy` file, version 1.0, of an array `[rows, columns]` of f32 (NumPy, "NPY format"). */
export function npyHeader(rows: number, columns: number): Uint8Array {
  const description = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  // The data begin at a multiple of 64; a newline ends the header.
  const length = Math.ceil((PREFIX + description.length + 1) / 64) * 64 - PREFIX;
  const text = `${description.padEnd(length - 1)}\n`;
  return Uint8Array.from([
    ...[0x93, ...new TextEncoder().encode("NUMPY"), 1, 0],
    ...[length & 0xff, length >> 8],
    ...new TextEncoder().encode(text),
  ]);
}

/** Bytes before the description: the magic text, the version and the length. */
const PREFIX = 10;

/** Numbers as the file has them: f32, little endian. */
export function npyRow(numbers: Float32Array): Uint8Array {
  const bytes = new Uint8Array(4 * numbers.length);
  const view = new DataView(bytes.buffer);
  numbers.forEach((value, i) => view.setFloat32(4 * i, value, true));
  return bytes;
}
