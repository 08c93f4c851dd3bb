import { describe, expect, test } from "vitest";
import { PromptBeams } from "./prompt-beams.ts";

const EOS = 9;

/**
 * Two beams behind a prompt of one token, one of which ended after one token with −2.2, the other after two with −2: by a
 * length penalty of −1 their scores are −2.2 and −4. The one that goes on has −0.2 after two tokens.
 */
function canImprove(earlyStopping: "never" | boolean, maxLength: number): boolean {
  const beams = new PromptBeams(
    {
      ...{ numBeams: 2, lengthPenalty: -1, earlyStopping, doSample: false, eosTokenIds: new Set([EOS]) },
      ...{ promptLength: 1, maxLength },
    },
    [1],
    0,
  );
  const step = (candidates: readonly (readonly [token: number, score: number])[], ids: readonly number[]): void => {
    beams.advance(
      candidates.map(([token, score]) => ({ parent: 0, token, score })),
      candidates.map(([token]) => token === EOS),
      [ids, ids],
    );
    beams.judge(ids.length + 1);
  };
  step([[2, -0.1], [EOS, -2.2], [3, -3], [4, -4]], [1]); // prettier-ignore
  step([[2, -0.2], [EOS, -2], [3, -3], [4, -4]], [1, 2]); // prettier-ignore
  expect(beams.finished.map(({ score }) => score)).toEqual([-2.2, -4]);
  return beams.canImprove;
}

describe("earlyStopping never", () => {
  test("by a penalty below 0 a beam is judged as if it ended now, as in transformers, however long it may become", () => {
    for (const maxLength of [5, 50])
      expect([canImprove("never", maxLength), canImprove(false, maxLength)]).toEqual([true, true]);
  });
});
