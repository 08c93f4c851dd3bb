import type { Turn } from "./talk.ts";

export interface KeptStarts {
  /** Turns that the replica answered which had answered the turn before, and had not been ended between. */
  readonly kept: number;
  /** Of these, those that found less of their start than on a server that had one conversation at a time. */
  readonly missed: number;
  /** Conversations with turns at two replicas, neither of which was ended. */
  readonly strayed: number;
}

/**
 * Whether conversations stay where their starts are.
 *
 * @param places by request, the replicas that answered it, as `replica.starts`
 * @param alone the same conversations on a server that had one at a time
 * @param ended replicas that were ended
 */
export function keptStarts(
  conversations: readonly (readonly Turn[])[],
  places: ReadonlyMap<string, readonly string[]>,
  alone: readonly (readonly Turn[])[],
  ended: ReadonlySet<number>,
): KeptStarts {
  let [kept, missed, strayed] = [0, 0, 0];
  for (const [which, turns] of conversations.entries()) {
    const at = turns.map(({ id }) => {
      const [place, ...others] = places.get(id) ?? [];
      return others.length === 0 ? place : undefined;
    });
    for (const [turn, { cachedTokens }] of turns.entries()) {
      if (at[turn] === undefined || at[turn] !== at[turn - 1]) continue;
      kept++;
      if (cachedTokens < (alone[which]?.[turn]?.cachedTokens ?? 0)) missed++;
    }
    const replicas = new Set(at.flatMap((place) => (place === undefined ? [] : [Number.parseInt(place)])));
    if (replicas.size > 1 && ![...replicas].some((replica) => ended.has(replica))) strayed++;
  }
  return { kept, missed, strayed };
}
