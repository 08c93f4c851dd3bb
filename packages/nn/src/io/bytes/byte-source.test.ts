import { expect, it } from "vitest";
import { createByteSource, readAll } from "./byte-source.ts";
import { ByteSourceError } from "../../errors.ts";

it("a small file that is larger than such a file may be is not read, and is closed", async () => {
  const done: string[] = [];
  const source = (size: number) =>
    createByteSource({
      name: "config.json",
      size,
      readRange: async (_, length) => {
        done.push(`read ${length}`);
        return new Uint8Array(length);
      },
      release: async () => void done.push("closed"),
    });
  expect(await readAll(source(8), 8)).toHaveLength(8);
  expect(done.splice(0)).toEqual(["read 8", "closed"]);
  const refused = await readAll(source(9), 8).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ByteSourceError);
  expect(refused).toMatchObject({
    message: expect.stringMatching(/^config\.json: has at least 9 bytes, but .* at most 8; check/) as string,
  });
  expect(done).toEqual(["closed"]);
});
