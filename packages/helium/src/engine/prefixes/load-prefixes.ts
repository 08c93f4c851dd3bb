import { writePages, type PagePool, type PrefixNode } from "@helium-lm/nn";
import { PrefixFileError } from "../../errors.ts";
import { nextTurn } from "../../event-loop.ts";
import type { ClientEngine } from "../engine-client.ts";
import type { EngineModel } from "../engine-model.ts";
import { checkIdentity, prefixIdentity } from "./prefix-identity.ts";
import type { PrefixFile } from "./prefix-file.ts";

/** What was taken over of a file. */
export interface LoadedPrefixes {
  /** Pages that are kept now. */
  readonly pages: number;
  /** Their tokens. */
  readonly tokens: number;
  /** Pages of the file for which there was no room. */
  readonly leftOut: number;
}

/**
 * Takes over the pages of a file, as many as there is room for beside what is held and kept already; the ones that were used
 * last come first. Nothing is taken of a file that does not fit.
 *
 * @throws PrefixFileError
 */
export async function loadPrefixes(
  model: EngineModel,
  engine: ClientEngine,
  pool: PagePool,
  file: PrefixFile,
): Promise<LoadedPrefixes> {
  checkIdentity(file.identity, await prefixIdentity(model, engine, pool));
  const { vocabSize } = await model.identify();
  const odd = file.pages.flatMap(({ ids }) => ids).find((id) => id >= vocabSize);
  if (odd !== undefined)
    throw new PrefixFileError("prefixes", `token ${odd} is outside the vocabulary; let the file be written anew`, {
      field: "ids",
      given: odd,
      expected: vocabSize,
    });
  const count = Math.min(file.pages.length, pool.maxPages - pool.held - pool.cached);
  const taken: number[] = [];
  try {
    for (const { pages, bytes } of file.contents) {
      const few = Math.min(pages, count - taken.length);
      if (few <= 0) break;
      pool.reserve(few);
      const own = Array.from({ length: few }, () => pool.take());
      taken.push(...own);
      writePages(pool, own, bytes, pages);
      await nextTurn();
    }
    pool.checkLive();
    const nodes: PrefixNode[] = [];
    for (const [i, page] of taken.entries()) {
      const { ids, parent, salt } = file.pages[i] ?? { ids: [], parent: -1, salt: "" };
      const node = pool.publish(page, nodes[parent] ?? null, ids, salt);
      taken[i] = node.page;
      nodes.push(node);
    }
  } finally {
    // The page that was used last is let go last, and so is forgotten last.
    if (!pool.isDisposed) for (const page of taken.reverse()) pool.release(page);
  }
  return { pages: count, tokens: count * pool.pageSize, leftOut: file.pages.length - count };
}
