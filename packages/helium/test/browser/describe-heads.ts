import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HeadName } from "@helium-lm/helium";
import {
  compareGolden,
  fixturePath,
  readFixture,
  tolerances,
  type Golden,
  type Tolerance,
} from "../../../../testing/fixtures.ts";
import type { HeadResults, HeadTask } from "./head-run.ts";

interface Batch {
  readonly input_ids: number[][];
  readonly attention_mask: number[][];
  readonly logits?: Golden;
  readonly last_hidden_state?: Golden;
}

interface Expected {
  readonly model: string;
  readonly unpadded: {
    readonly input_ids: number[];
    readonly logits?: Golden;
    readonly last_hidden_state?: Golden;
    readonly hidden_states?: readonly Golden[];
    readonly attention_0: Golden;
    readonly loss?: number;
    readonly labels?: number[];
    readonly labels_all?: number[];
    readonly loss_all?: number;
    readonly label?: number;
    readonly multi_labels?: number[];
    readonly multi_label_loss?: number;
  };
  readonly right_padded: Batch;
  readonly left_padded: Batch;
}

/** Heads by the names of the fixture files. */
const heads = {
  base: "base",
  causal: "causal-lm",
  sequence: "sequence-classification",
  token: "token-classification",
} as const satisfies Record<string, HeadName>;

/** Runs a head of the model in a folder, somewhere. */
export type HeadRunner = (folder: string, task: HeadTask) => Promise<HeadResults>;

/** The four Helium heads against transformers' numbers. */
export function describeHeads(run: HeadRunner, timeout: number): void {
  describe.each(Object.entries(heads))("helium-%s.json", (name, head) => {
    const expected = readFixture<Expected>(`expected/helium-${name}.json`);
    const { unpadded, right_padded, left_padded } = expected;
    const losses = lossesOf(unpadded);
    let results: HeadResults;
    beforeAll(async () => {
      const labels = Object.fromEntries(losses.map((loss) => [loss.name, loss.labels]));
      const task = { head, row: unpadded.input_ids, labels, right_padded, left_padded };
      results = await run(fixturePath(expected.model), task);
    }, timeout);
    afterAll(() => {
      expect(results.handles).toBe(0);
    });

    test("result, by fused and by composed attention", () => {
      const golden = [unpadded.logits ?? unpadded.last_hidden_state ?? null];
      expectClose(results.fused, golden, tolerances.states);
      expectClose(results.composed, golden, tolerances.states);
    });
    test("hidden states and attention", () => {
      expectClose(results.attention0, [unpadded.attention_0], tolerances.attentions);
      for (const [i, state] of (unpadded.hidden_states ?? []).entries())
        expectClose(results.hiddenStates[i], [state], tolerances.states);
    });
    test.each(["right_padded", "left_padded"] as const)("%s batch", (side) => {
      const { logits, last_hidden_state } = expected[side];
      expectClose(results[side], logits ?? last_hidden_state ?? null, tolerances.states);
    });
    if (losses.length > 0)
      test("losses", () => {
        for (const loss of losses) expectClose(results.losses[loss.name], loss.golden, tolerances.losses);
      });
  });
}

function expectClose(given: unknown, golden: Golden, tolerance: Tolerance): void {
  expect(golden).not.toBeNull();
  expect(compareGolden(given, golden, tolerance).firstBad).toBeNull();
}

interface Loss {
  readonly name: string;
  readonly labels: unknown;
  readonly golden: number;
}

function lossesOf({ label, labels, loss, labels_all, loss_all, multi_labels, multi_label_loss }: Expected["unpadded"]) {
  const found: Loss[] = [];
  const add = (name: string, of: unknown, golden: number | undefined): void => {
    if (golden !== undefined) found.push({ name, labels: [of], golden });
  };
  add("loss", label ?? labels, loss);
  add("loss_all", labels_all, loss_all);
  add("multi_label_loss", multi_labels, multi_label_loss);
  return found;
}
