import { expect, test } from "vitest";
import { LogitsError } from "../errors.ts";
import { tokenScore } from "./score-rows.ts";

test("a token's score is the one at its place, and says whether the token is the likeliest", () => {
  const found = { logProbs: Float64Array.of(-0.5, -1.25), likeliest: 7 };
  expect(tokenScore(found, 0, 7)).toEqual({ logprob: -0.5, isLikeliest: true });
  expect(tokenScore(found, 1, 9)).toEqual({ logprob: -1.25, isLikeliest: false });
});

test("NaN is an error with the token, and not a score", () => {
  const score = (): unknown => tokenScore({ logProbs: Float64Array.of(NaN), likeliest: 0 }, 0, 5);
  expect(score).toThrow(LogitsError);
  expect(score).toThrow("the log-probability of token 5 is NaN");
});
