import { mapBounded } from "@helium-lm/nn";
import type { EncodedPair } from "./encode-pair.ts";

/** Requests with the same context, which is computed once. */
export interface ScoringGroup {
  readonly context: readonly number[];
  /** In the order of the requests. */
  readonly continuations: readonly (readonly number[])[];
  /** The request of each continuation. */
  readonly requests: readonly number[];
  /** The group, by its place in the plan, that computes a start this one shares, and is waited for; null: none. */
  readonly waitsFor: number | null;
}

/**
 * Groups of requests, ordered so that texts that begin alike follow one another: a start, such as the examples of a subject,
 * is computed by the first one and kept in pages for the others.
 *
 * @param pageSize tokens that are kept together
 */
export function planGroups(pairs: readonly EncodedPair[], pageSize: number): readonly ScoringGroup[] {
  const byContext = new Map<string, { context: readonly number[]; requests: number[] }>();
  for (const [request, { context }] of pairs.entries()) {
    const key = context.join(" ");
    const group = byContext.get(key);
    if (group) group.requests.push(request);
    else byContext.set(key, { context, requests: [request] });
  }
  const ordered = [...byContext.values()].sort((a, b) => compareIds(a.context, b.context));
  const leaders = leadersOf(
    ordered.map(({ context }) => context),
    pageSize,
  );
  return ordered.map(({ context, requests }, place) => ({
    context,
    requests,
    continuations: requests.map((request) => pairs[request]?.continuation ?? []),
    waitsFor: leaders[place] ?? null,
  }));
}

/** Runs the groups of a plan, at most `limit` at a time, each behind the one that it waits for. @throws the first failure */
export async function runGroups(
  groups: readonly ScoringGroup[],
  limit: number,
  run: (group: ScoringGroup) => Promise<unknown>,
): Promise<void> {
  const done = new Map<number, Promise<unknown>>();
  const after = async (group: ScoringGroup): Promise<void> => {
    if (group.waitsFor !== null) await done.get(group.waitsFor);
    await run(group);
  };
  await mapBounded(groups, limit, (group, place) => {
    const running = after(group);
    done.set(place, running);
    return running;
  });
}

/**
 * For each text of a sorted list the first one before it with all the full pages that it shares with any of them; null where
 * it shares none.
 */
function leadersOf(texts: readonly (readonly number[])[], pageSize: number): readonly (number | null)[] {
  /** Texts before this one whose pages are shared by all up to it, the longest sharing last. */
  const open: { readonly place: number; pages: number }[] = [];
  return texts.map((ids, place) => {
    // The last token of a text is computed in any case.
    const pages = Math.floor(Math.min(sharedLength(texts[place - 1] ?? [], ids), ids.length - 1) / pageSize);
    let leader = place - 1;
    for (let last = open.at(-1); last && last.pages >= pages; last = open.at(-1)) {
      leader = last.place;
      open.pop();
    }
    if (pages > 0) open.push({ place: leader, pages });
    return pages > 0 ? leader : null;
  });
}

function sharedLength(a: readonly number[], b: readonly number[]): number {
  const different = a.findIndex((id, i) => id !== b[i]);
  return different < 0 ? a.length : different;
}

function compareIds(a: readonly number[], b: readonly number[]): number {
  const shared = sharedLength(a, b);
  return (a[shared] ?? -1) - (b[shared] ?? -1);
}
