import { describe, expect, test } from "vitest";
import { scope } from "@helium-lm/tensor";
import { computeTransitionScores, GenerationError, type GenerateOutput } from "@helium-lm/helium";
import { compareGolden, readFixture, tolerances, type Golden } from "../../../../testing/fixtures.ts";
import { optionsOf, type GenerationCase } from "../helpers/generation-fixtures.ts";
import { openFixtureModel } from "../helpers/generation-model.ts";

interface ScoresFixture {
  readonly greedy: GenerationCase & {
    readonly scores: number[][];
    readonly logits: number[][];
    readonly transition_scores_normalized: number[][];
  };
  readonly beam: GenerationCase & {
    readonly sequences_scores: number[];
    readonly scores: number[][][];
    readonly beam_indices: number[][];
    readonly transition_scores: number[][];
  };
}

const close = (given: unknown, golden: Golden): void =>
  expect(compareGolden(given, golden, tolerances.states).firstBad).toBeNull();
const plain = (steps: GenerateOutput["scores"]): number[][][] =>
  (steps ?? []).map((rows) => rows.map((row) => [...row]));

describe.each(["helium", "llama"])("what generation of %s returns", (family) => {
  const { greedy, beam } = readFixture<ScoresFixture>(`generation/${family}-scores.json`);
  const opened = openFixtureModel(family);

  test("greedy: scores, logits and transition scores are transformers'", async () => {
    const output = await opened.model.generate({ ...optionsOf(greedy), outputScores: true, outputLogits: true });
    expect(output.sequences).toEqual(greedy.sequences);
    close(
      plain(output.scores),
      greedy.scores.map((row) => [row]),
    );
    close(
      plain(output.logits),
      greedy.logits.map((row) => [row]),
    );
    close(computeTransitionScores(output, { normalizeLogits: true }), greedy.transition_scores_normalized);
    expect([output.sequencesScores, output.beamIndices, output.hiddenStates]).toEqual([null, null, null]);
    expect(output.endedBy).toEqual(["maxLength"]);
  });

  test("beams: scores, indices and transition scores are transformers', and add up", async () => {
    const output = await opened.model.generate({ ...optionsOf(beam), outputScores: true });
    expect(output.sequences).toEqual(beam.sequences);
    expect(output.beamIndices).toEqual(beam.beam_indices);
    close(output.sequencesScores, beam.sequences_scores);
    close(plain(output.scores), beam.scores);
    const transitions = computeTransitionScores(output);
    close(transitions, beam.transition_scores);
    close(
      transitions.map((row) => row.reduce((sum, score) => sum + score, 0) / row.length),
      [...output.sequencesScores!],
    );
  });

  test("hidden states and attentions are those of one whole pass, and the output frees them", async () => {
    const { model, backend, weightHandles } = opened;
    const C = model.config.traits.hiddenSize;
    const ids = [1, 57, 8, 91, 21];
    const asked = { outputHiddenStates: true, outputAttentions: true };
    const output = await model.generate({
      ...asked,
      inputIds: [ids],
      maxNewTokens: 3,
      eosTokenId: [],
      generationConfig: {},
    });
    const [sequence = []] = output.sequences;
    const read = sequence.slice(0, -1);
    const whole = scope(() => {
      const { logits, hiddenStates, attentions } = model.forward({ ...asked, inputIds: [read] });
      return { logits, hiddenStates, attentions };
    });
    expect(output.hiddenStates!.map((step) => step[0]!.shape)).toEqual([5, 1, 1].map((T) => [1, T, C]));
    for (let layer = 0; layer < whole.hiddenStates!.length; layer++) {
      const steps = await Promise.all(output.hiddenStates!.map((step) => step[layer]!.toArray()));
      close([steps.flatMap((step) => (step as number[][][])[0]!)], await whole.hiddenStates![layer]!.toArray());
    }
    const last = (await output.attentions!.at(-1)!.at(-1)!.toArray()) as number[][][][];
    const expected = (await whole.attentions!.at(-1)!.toArray()) as number[][][][];
    close(
      last[0]!.map((head) => head[0]!),
      expected[0]!.map((head) => head.at(-1)!),
    );
    for (const t of [whole.logits, ...whole.hiddenStates!, ...whole.attentions!]) t?.dispose();
    output.dispose();
    expect(backend.memory().handles).toBe(weightHandles);
  });
});

describe("outputs", () => {
  const opened = openFixtureModel("helium");
  const options = { generationConfig: {}, inputIds: [[1, 57, 8, 91, 21]], maxNewTokens: 4 };

  test("beams return the states of every row", async () => {
    using output = await opened.model.generate({ ...options, numBeams: 2, outputHiddenStates: true });
    expect(output.hiddenStates!.map((step) => step[0]!.shape[0])).toEqual([2, 2, 2, 2]);
  });

  test("prompt lookup keeps scores per token", async () => {
    const asked = { ...options, maxNewTokens: 12, outputScores: true, outputLogits: true };
    const plainly = await opened.model.generate(asked);
    const looked = await opened.model.generate({ ...asked, promptLookupNumTokens: 4 });
    expect(looked).toEqual(plainly);
  });

  test("transition scores need scores", async () => {
    const output = await opened.model.generate(options);
    expect(() => computeTransitionScores(output)).toThrow(GenerationError);
    expect(() => computeTransitionScores(output)).toThrow(/scores: were not kept; generate with outputScores: true/);
  });

  test("nothing is left: not after states were asked for, nor where a processor fails midway", async () => {
    let calls = 0;
    const failing = {
      name: "failing",
      process: () => {
        if (++calls === 3) throw new RangeError("third step");
      },
    };
    for (const mode of [{}, { numBeams: 2 }, { guidanceScale: 2 }, { promptLookupNumTokens: 3 }]) {
      calls = 0;
      const states = "promptLookupNumTokens" in mode ? {} : { outputHiddenStates: true, outputAttentions: true };
      const attempt = opened.model.generate({ ...options, ...mode, ...states, logitsProcessors: [failing] });
      await expect(attempt).rejects.toThrow("third step");
      expect(opened.backend.memory().handles).toBe(opened.weightHandles);
    }
  });
});
