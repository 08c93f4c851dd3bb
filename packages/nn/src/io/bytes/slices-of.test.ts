import { expect, test } from "vitest";
import { bytesSource, SafetensorsFile, slicesOf, writeSafetensors } from "../index.ts";

const bytes = Uint8Array.from({ length: 24 }, (_, i) => i);

test("a tensor in slices is the tensor, where the file can be read so and where it cannot", async () => {
  const written: number[] = [];
  const tensors = [
    { name: "first", dtype: "u8", shape: [3], bytes: Uint8Array.of(7, 8, 9) },
    { name: "w", dtype: "f32", shape: [3, 2], bytes },
  ] as const;
  await writeSafetensors(tensors, async (chunk) => void written.push(...chunk));
  const file = await SafetensorsFile.open(bytesSource(Uint8Array.from(written)));
  const whole = {
    names: () => file.names(),
    has: (name: string) => file.has(name),
    info: (name: string) => file.info(name),
    readBytes: (name: string) => file.readBytes(name),
    close: () => file.close(),
  };
  for (const reader of [file, whole]) {
    const read = slicesOf(reader, "w");
    expect(await read(8, 16)).toEqual(bytes.subarray(8, 16));
    expect([...(await read(0, 8)), ...(await read(8, 24))]).toEqual([...bytes]);
  }
});
