import { expect, test } from "vitest";
import { convertStored } from "./convert-stored.ts";

test.each([1, 2, 3])("bytes that begin %i behind a place for f32 are read where they are", (offset) => {
  const values = [1.5, -2, 0.25];
  const file = new Uint8Array(4 * values.length + offset);
  const view = new DataView(file.buffer);
  for (const [i, value] of values.entries()) view.setFloat32(offset + 4 * i, value, true);
  const { dtype, elements } = convertStored("w", "f32", file.subarray(offset), () => "f32");
  expect(dtype).toBe("f32");
  expect([...elements]).toEqual(values);
});
