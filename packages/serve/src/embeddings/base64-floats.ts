/** Numbers as OpenAI's API packs them: f32, little endian, in base64. */
export function base64Floats(numbers: Float32Array): string {
  const bytes = new Uint8Array(numbers.length * 4);
  const view = new DataView(bytes.buffer);
  numbers.forEach((value, i) => view.setFloat32(4 * i, value, true));
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
