import { expect, test } from "vitest";
import { prefixAllowedTokens } from "./prefix-allowed-tokens.ts";

test("each row asks with the number of its prompt", async () => {
  const rows = Array.from({ length: 4 }, (_, row) => ({ scores: new Float32Array(3), ids: [row] }));
  for (const shape of [{ beams: 2 }, { rowsPerPrompt: 2 }]) {
    const asked: (readonly [batch: number, id: number | undefined])[] = [];
    const processor = prefixAllowedTokens((batch, ids) => {
      asked.push([batch, ids[0]]);
      return [batch];
    }, shape);
    await processor.process(rows);
    expect(asked).toEqual([
      [0, 0],
      [0, 1],
      [1, 2],
      [1, 3],
    ]);
  }
});
