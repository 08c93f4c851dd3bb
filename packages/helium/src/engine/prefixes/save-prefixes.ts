import { pageBytes, readPages, type KeptPage, type PagePool } from "@helium-lm/nn";
import { checked } from "../../generation/option-checks.ts";
import type { ClientEngine } from "../engine-client.ts";
import type { EngineModel } from "../engine-model.ts";
import { BYTES_OF_PAGE, FILE_BYTES, writePrefixFile, type PageContent } from "./prefix-file.ts";
import { prefixIdentity } from "./prefix-identity.ts";

export interface SavePrefixesOptions {
  /** Most bytes of the file: the starts that were used last are kept; default 256 MiB. */
  readonly maxBytes?: number;
}

const MOST_BYTES = 2 ** 28;

/** Bytes of pages that are read at once. */
const AT_ONCE = 2 ** 22;

/**
 * The pages that a pool keeps for texts that begin alike, as the parts of a file. Texts go on meanwhile: a page that is given
 * to one of them is left out.
 *
 * @throws GenerationError for a bad limit
 */
export async function savePrefixes(
  model: EngineModel,
  engine: ClientEngine,
  pool: PagePool,
  { maxBytes = MOST_BYTES }: SavePrefixesOptions,
): Promise<readonly Uint8Array[]> {
  checked("maxBytes", maxBytes, "a number of bytes", (bytes) => bytes >= 0);
  const identity = await prefixIdentity(model, engine, pool);
  const perPage = pageBytes(pool) + 4 * pool.pageSize + BYTES_OF_PAGE;
  const most = Math.max(0, Math.floor((maxBytes - FILE_BYTES) / perPage));
  const wanted = pool.keptPages().slice(0, most);
  const saved: KeptPage[] = [];
  const contents: PageContent[] = [];
  const step = Math.max(1, Math.floor(AT_ONCE / pageBytes(pool)));
  for (let start = 0; start < wanted.length; start += step) {
    // A page goes after those that follow it, so that of each that is here its parents are too.
    const here = wanted.slice(start, start + step).filter((page) => pool.keeps(page));
    if (here.length === 0) continue;
    contents.push({
      pages: here.length,
      bytes: await readPages(
        pool,
        here.map(({ page }) => page),
      ),
    });
    saved.push(...here);
  }
  const places = new Map(saved.map((page, place) => [page, place]));
  const pages = saved.map(({ ids, parent, salt }) => ({ ids, salt, parent: parent ? (places.get(parent) ?? -1) : -1 }));
  return writePrefixFile({ identity, pages, contents });
}
