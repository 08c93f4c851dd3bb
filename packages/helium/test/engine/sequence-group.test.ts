import { expect, test } from "vitest";
import { Pacer } from "../../src/event-loop.ts";
import { SequenceGroup, type GroupStart } from "../../src/engine/sequence-group.ts";
import { openFixtureModel } from "../helpers/generation-model.ts";

const opened = openFixtureModel("helium");

const start: GroupStart = {
  ...{ inputIds: [], attentionMask: [], copies: 1, useCache: true, engine: null, cache: null, kvDType: null },
  cacheSalt: "",
  ...{ maxLength: 12, prefillChunkSize: null, outputHiddenStates: false, outputAttentions: false },
};

/** Logits after the rows, or after what `act` makes of them once they are read. */
async function logitsAfter(
  more: Partial<GroupStart>,
  act?: (group: SequenceGroup) => void,
): Promise<readonly (readonly number[])[]> {
  const group = new SequenceGroup(opened.model, { ...start, ...more });
  try {
    if (act) {
      await group.next(new Pacer());
      act(group);
    }
    const { logits } = await group.next(new Pacer());
    return logits.map((row) => [...row]);
  } finally {
    group.dispose(false);
  }
}

test("a row that takes another one's place takes its tokens, what is seen of them, and its keys", async () => {
  const rows = {
    inputIds: [
      [1, 57, 8, 91],
      [1, 77, 3, 3],
    ],
    attentionMask: [
      [1, 1, 1, 1],
      [1, 1, 0, 0],
    ],
  };
  const taken = await logitsAfter(rows, (group) => {
    group.select([1, 1]);
    group.append([21, 40]);
  });
  const [first, second] = [21, 40].map((token) => ({
    inputIds: [[1, 77, 3, 3]],
    attentionMask: [[1, 1, 0, 0]],
    token,
  }));
  for (const [row, { token, ...alone }] of [first!, second!].entries())
    expect([taken[row]]).toEqual(await logitsAfter(alone, (group) => group.append([token])));
});

test("copies of prompts lie side by side, and each has logits of its own", async () => {
  const inputIds = [
    [1, 57, 8],
    [1, 77, 3],
  ];
  const attentionMask = inputIds.map((row) => row.map(() => 1));
  const group = new SequenceGroup(opened.model, { ...start, inputIds, attentionMask, copies: 2 });
  const { logits } = await group.next(new Pacer());
  expect(group.rows).toEqual([inputIds[0], inputIds[0], inputIds[1], inputIds[1]]);
  expect([logits[0], logits[2]]).toEqual([logits[1], logits[3]]);
  expect(logits[0]).not.toEqual(logits[2]);
  logits[0]?.fill(7);
  expect(logits[1]?.every((value) => value === 7)).toBe(false);
  group.dispose(false);
});

test("a cut takes the keys with it", async () => {
  const rows = { inputIds: [[1, 57, 8, 91, 21]], attentionMask: [[1, 1, 1, 1, 1]] };
  const cut = await logitsAfter(rows, (group) => {
    group.truncate(0, 3);
    group.append([40]);
  });
  expect(cut).toEqual(await logitsAfter({ inputIds: [[1, 57, 8, 40]], attentionMask: [[1, 1, 1, 1]] }));
});
