import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bytesSource, type ByteSource } from "../bytes/byte-source.ts";
import { GgufFile, GgufHeads, writeGguf } from "./index.ts";
import { openGguf } from "../node/node-gguf.ts";

async function fileOf(name: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const tensor = { name, dtype: "f32", shape: [1, 8], bytes: new Uint8Array(32) } as const;
  await writeGguf(new Map(), [tensor], async (chunk) => void chunks.push(chunk.slice()));
  return new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer());
}

/** Counts the reads. */
function counting(source: ByteSource, revision: string | undefined): ByteSource & { reads: number } {
  const counted = {
    ...source,
    revision,
    reads: 0,
    read: (offset: number, length: number, into?: Uint8Array) => {
      counted.reads++;
      return source.read(offset, length, into);
    },
  };
  return counted;
}

test("a head is read again only where the source's revision, size or name is another, or unknown", async () => {
  const heads = new GgufHeads();
  const bytes = await fileOf("a");
  const reads = async (name: string, revision?: string, content = bytes): Promise<number> => {
    const source = counting(bytesSource(content, name), revision);
    const file = await GgufFile.open(source, heads);
    expect(file.names()).toHaveLength(1);
    return source.reads;
  };
  expect(await reads("x.gguf", "1")).toBe(1);
  expect(await reads("x.gguf", "1")).toBe(0);
  expect(await reads("y.gguf", "1")).toBe(1);
  expect(await reads("x.gguf", "2")).toBe(1);
  expect(await reads("x.gguf", "2", await fileOf("a name that is much longer than the other one"))).toBe(1);
  expect(await reads("x.gguf")).toBe(1);
  expect(await reads("x.gguf")).toBe(1);
});

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "gguf-heads-"))));
afterEach(() => rm(folder, { recursive: true }));

test("a local file that was written again, in the same size, is seen to be another one", async () => {
  const path = join(folder, "model.gguf");
  const heads = new GgufHeads();
  const namesNow = async (): Promise<readonly string[]> => {
    const file = await openGguf(path, heads);
    await file.close();
    return file.names();
  };
  await writeFile(path, await fileOf("a"));
  await utimes(path, 1, 1);
  expect(await namesNow()).toEqual(["a"]);
  await writeFile(path, await fileOf("b"));
  expect(await namesNow()).toEqual(["b"]);
});
