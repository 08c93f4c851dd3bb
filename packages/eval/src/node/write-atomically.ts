import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { writeFileAtomically } from "@helium-lm/nn/io/node";

/** Writes a text whose name is there only when all of it is; folders are made. @throws ByteSourceError */
export async function writeAtomically(path: string, content: string | Iterable<string>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const encoder = new TextEncoder();
  const parts = typeof content === "string" ? [content] : content;
  await writeFileAtomically(path, async (write) => {
    for (const part of parts) await write(encoder.encode(part));
  });
}
