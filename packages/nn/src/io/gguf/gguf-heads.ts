import type { ByteSource } from "../bytes/byte-source.ts";
import { readGgufHeader, type GgufHeader } from "./gguf-header.ts";

/**
 * Heads of files that were read before: a file that is opened again, and has not changed, is not parsed again. Of a source
 * without a `revision` nothing is kept.
 */
export class GgufHeads {
  readonly #known = new Map<string, { readonly revision: string; readonly size: number; readonly head: GgufHeader }>();

  /** @throws GgufError, ByteSourceError, as `readGgufHeader` */
  async of(source: ByteSource): Promise<GgufHeader> {
    const { name, revision, size } = source;
    const known = this.#known.get(name);
    if (known && known.revision === revision && known.size === size) return known.head;
    const head = await readGgufHeader(source);
    if (revision !== undefined) this.#known.set(name, { revision, size, head });
    return head;
  }
}
