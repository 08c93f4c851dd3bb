import type { PagePool } from "@helium-lm/nn";
import { GenerationError } from "../generation/errors.ts";

/** @throws GenerationError where the rows, grown to their full length, are more than the engine may hold */
export function checkFits({ pageSize, maxPages }: PagePool, maxLength: number, rows: number): void {
  // The last token of a row needs no slot.
  const pages = rows * Math.ceil((maxLength - 1) / pageSize);
  if (pages <= maxPages) return;
  throw new GenerationError(
    "maxLength",
    `rows of up to ${maxLength} tokens need room for ${rows * (maxLength - 1)}, ${pages} pages of ${pageSize}, the engine has ${maxPages}; shorten them, or give it more maxTokens`,
    { given: pages, expected: maxPages, pageSize, maxLength },
  );
}
