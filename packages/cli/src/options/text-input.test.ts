import { expect, it } from "vitest";
import { allLines, pipedText } from "./text-input.ts";

const text = "Grüße, 世界 😀\nzwei\n";

/** The bytes of the text, so many at a time. */
async function* inChunks(size: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

it.each([1, 2, 3, 7])("characters that lie across chunks of %i bytes stay whole", async (size) => {
  expect(await pipedText({ stdin: inChunks(size) })).toBe(text.trimEnd());
  const lines: string[] = [];
  for await (const line of allLines({ stdin: inChunks(size) })) lines.push(line);
  expect(lines).toEqual(text.trimEnd().split("\n"));
});
