import { invalidRequest } from "../errors.ts";
import type { Page, PageQuery } from "./batch-object.ts";

/**
 * The page of a list that a query asks for.
 *
 * @param items the oldest first
 * @throws ApiError where `after` is none of them
 */
export function pageOfItems<T extends { readonly id: string }>(
  items: readonly T[],
  { after, limit, order = "desc" }: PageQuery,
): Page<T> {
  const ordered = order === "asc" ? items : items.toReversed();
  const before = after === undefined ? -1 : ordered.findIndex(({ id }) => id === after);
  if (after !== undefined && before < 0)
    throw invalidRequest("after", "is not in this list; give the last_id of the page before");
  const data = ordered.slice(before + 1, before + 1 + limit);
  return { data, hasMore: before + 1 + limit < ordered.length };
}
