import { expect, it } from "vitest";
import { keptStarts } from "./kept-starts.ts";
import type { Turn } from "./talk.ts";

/** A conversation by the replica of each turn, and the tokens that it found there. */
const said = (name: string, cached: readonly number[]): Turn[] =>
  cached.map((cachedTokens, at) => ({
    ...{ id: `${name}.${at}.0`, text: "", promptTokens: 0, completionTokens: 0, errors: [] },
    cachedTokens,
  }));

it("tells turns that found less than they could, and conversations that went elsewhere without a reason", () => {
  const alone = [said("a", [0, 64, 128, 192]), said("b", [0, 64, 128]), said("c", [0, 64])];
  const turns = [said("a", [0, 64, 0, 192]), said("b", [0, 64, 64]), said("c", [0, 0])];
  const places = new Map<string, string[]>([
    ...["0.0", "0.0", "0.1", "0.1"].map((place, at) => [`a.${at}.0`, [place]] as [string, string[]]),
    ...["1.0", "1.0", "1.0"].map((place, at) => [`b.${at}.0`, [place]] as [string, string[]]),
    ...["1.0", "2.0"].map((place, at) => [`c.${at}.0`, [place]] as [string, string[]]),
  ]);
  expect(keptStarts(turns, places, alone, new Set([0]))).toEqual({ kept: 4, missed: 1, strayed: 1 });
  // Whatever two replicas answered says nothing.
  places.set("b.2.0", ["1.0", "0.0"]);
  expect(keptStarts(turns, places, alone, new Set([0, 2]))).toEqual({ kept: 3, missed: 0, strayed: 0 });
});
