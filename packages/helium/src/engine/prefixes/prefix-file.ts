import { isKvDType } from "@helium-lm/nn";
import { PrefixFileError } from "../../errors.ts";
import { ByteParts } from "./byte-parts.ts";
import { digest } from "./digest.ts";
import type { PrefixIdentity } from "./prefix-identity.ts";

/** A stored page. */
export interface StoredPage {
  readonly ids: readonly number[];
  /** Place of the page before it, which is lower than its own; −1 for the first of a text. */
  readonly parent: number;
  /** As `storedSalt` gives it. */
  readonly salt: string;
}

/** The content of some pages, in their order. */
export interface PageContent {
  readonly pages: number;
  readonly bytes: Uint8Array;
}

export interface PrefixFile {
  readonly identity: PrefixIdentity;
  /** The one that was used last first. */
  readonly pages: readonly StoredPage[];
  /** All pages' content, some of them in each. */
  readonly contents: readonly PageContent[];
}

/** What a file begins with. */
const MAGIC = "HLMPFX01";
const DIGEST = 64;
/** Magic, length of the header, its digest. */
const START = MAGIC.length + 4 + DIGEST;

/** Most that the file takes beside pages and their tokens: start, identity; and of each page. */
export const FILE_BYTES = 4096;
export const BYTES_OF_PAGE = 128;

interface Header {
  readonly identity: PrefixIdentity;
  readonly salts: readonly string[];
  /** Parent and salt of each page, as places in their lists. */
  readonly pages: readonly (readonly [parent: number, salt: number])[];
  /** Tokens of all pages, then the contents. */
  readonly sections: readonly { readonly pages: number; readonly bytes: number; readonly sha256: string }[];
}

/**
 * Stored pages as the parts of a file: magic, length and digest of a header in JSON, the header, tokens in 32 bits, contents.
 * Whatever is in it has a digest.
 */
export async function writePrefixFile({ identity, pages, contents }: PrefixFile): Promise<readonly Uint8Array[]> {
  const salts = [...new Set(pages.map(({ salt }) => salt))];
  const tokens = new Uint8Array(pages.length * identity.pageSize * 4);
  const view = new DataView(tokens.buffer);
  pages.flatMap(({ ids }) => ids).forEach((id, i) => view.setUint32(4 * i, id, true));
  const sections = [{ pages: pages.length, bytes: tokens }, ...contents];
  const header: Header = {
    identity,
    salts,
    pages: pages.map(({ parent, salt }) => [parent, salts.indexOf(salt)]),
    sections: await Promise.all(
      sections.map(async (section) => ({
        pages: section.pages,
        bytes: section.bytes.length,
        sha256: await digest(section.bytes),
      })),
    ),
  };
  const json = new TextEncoder().encode(JSON.stringify(header));
  const start = new Uint8Array(START);
  start.set(new TextEncoder().encode(MAGIC));
  new DataView(start.buffer).setUint32(MAGIC.length, json.length, true);
  start.set(new TextEncoder().encode(await digest(json)), MAGIC.length + 4);
  return [start, json, ...sections.map(({ bytes }) => bytes)];
}

/** The pages of a file that is whole. @throws PrefixFileError */
export async function readPrefixFile(parts: readonly Uint8Array[]): Promise<PrefixFile> {
  const file = new ByteParts(parts);
  const text = (start: number, length: number): string => new TextDecoder().decode(file.slice(start, start + length));
  if (text(0, MAGIC.length) !== MAGIC) throw damaged("does not begin as one that this version writes", "magic");
  if (file.length < START) throw damaged("ends within its start", "length");
  const size = new DataView(file.slice(MAGIC.length, START).slice().buffer).getUint32(0, true);
  const json = file.slice(START, START + size);
  if (json.length < size || (await digest(json)) !== text(MAGIC.length + 4, DIGEST))
    throw damaged("has a header that is not what was written", "header");
  const header = checkHeader(JSON.parse(new TextDecoder().decode(json)));
  let at = START + size;
  const sections: PageContent[] = [];
  for (const { pages, bytes, sha256 } of header.sections) {
    const section = file.slice(at, (at += bytes));
    if (section.length < bytes || (await digest(section)) !== sha256)
      throw damaged(`has other bytes than were written, before byte ${at} of ${file.length}`, "content");
    sections.push({ pages, bytes: section });
  }
  if (at !== file.length) throw damaged(`goes on for ${file.length - at} bytes behind its end`, "length");
  const [tokens, ...contents] = sections;
  const ids = new Uint32Array((tokens?.bytes ?? new Uint8Array()).slice().buffer);
  const { pageSize } = header.identity;
  const pages = header.pages.map(([parent, salt], i) => ({
    ids: Array.from(ids.subarray(i * pageSize, (i + 1) * pageSize)),
    parent,
    salt: header.salts[salt] ?? "",
  }));
  return { identity: header.identity, pages, contents };
}

/** Whoever can write a file with right digests can write anything into it. @throws PrefixFileError */
function checkHeader(given: unknown): Header {
  const { identity, salts, pages, sections } = (given ?? {}) as Partial<Header>;
  const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
  const [tokens, ...contents] = Array.isArray(sections) ? (sections as Header["sections"]) : [];
  const isWhole =
    typeof identity === "object" &&
    isKvDType(identity.kvDType) &&
    isCount(identity.pageSize) &&
    isCount(identity.pageBytes) &&
    Array.isArray(salts) &&
    salts.every((salt) => typeof salt === "string") &&
    Array.isArray(pages) &&
    (pages as Header["pages"]).every(
      ([parent, salt], i) => Number.isInteger(parent) && parent >= -1 && parent < i && isCount(salt) && salt in salts,
    ) &&
    tokens?.bytes === pages.length * identity.pageSize * 4 &&
    contents.every(({ pages: count, bytes }) => isCount(count) && bytes === count * identity.pageBytes) &&
    contents.reduce((sum, { pages: count }) => sum + count, 0) === pages.length;
  if (!isWhole) throw damaged("has a header that does not fit together", "header");
  return given as Header;
}

const damaged = (problem: string, field: string): PrefixFileError =>
  new PrefixFileError("prefixes", `the file ${problem}; let it be written anew`, { field });
