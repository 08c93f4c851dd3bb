import { scope, type Backend, type Tensor } from "@helium-lm/tensor";
import { loadModel, type HeadName, type ModelSource } from "@helium-lm/helium";
import type { Golden } from "../../../../testing/fixtures.ts";

interface Batch {
  readonly input_ids: number[][];
  readonly attention_mask: number[][];
}

/** What a head is to compute; as JSON, for a page. */
export interface HeadTask {
  readonly head: HeadName;
  readonly row: number[];
  /** Labels by the name of their loss. */
  readonly labels: Readonly<Record<string, unknown>>;
  readonly right_padded: Batch;
  readonly left_padded: Batch;
}

/** Logits or last hidden states, and what else a head gives; as JSON. */
export interface HeadResults {
  readonly fused: Golden;
  /** Beside attention probabilities, which fused attention does not give. */
  readonly composed: Golden;
  readonly hiddenStates: readonly Golden[];
  readonly attention0: Golden;
  readonly right_padded: Golden;
  readonly left_padded: Golden;
  readonly losses: Readonly<Record<string, number>>;
  /** Handles left when the model is disposed. */
  readonly handles: number;
}

type Output = Readonly<Record<string, Tensor>> & {
  readonly hiddenStates: readonly Tensor[];
  readonly attentions: readonly Tensor[];
};

/** Loads a head and runs it on a fixture's inputs, in Node or in a page. */
export async function runHead(backend: Backend, files: ModelSource, task: HeadTask): Promise<HeadResults> {
  const model = await loadModel(task.head, files, { backend });
  const forward = model.forward.bind(model) as unknown as (inputs: object) => Output;
  /** Values of some of the tensors of a pass; frees all of it. */
  const pass = async (inputs: object, pick: (output: Output) => readonly Tensor[]): Promise<Golden[]> => {
    const tensors = scope((s) => pick(forward(inputs)).map((t) => s.keep(t)));
    const values: Golden[] = [];
    for (const t of tensors) values.push(await t.toArray());
    for (const t of new Set(tensors)) t.dispose();
    return values;
  };
  const mainOf = (output: Output): Tensor => (output["logits"] ?? output["lastHiddenState"])!;
  const main = async (inputs: object): Promise<Golden> => (await pass(inputs, (output) => [mainOf(output)]))[0]!;
  const batch = ({ input_ids, attention_mask }: Batch): Promise<Golden> =>
    main({ inputIds: input_ids, attentionMask: attention_mask });

  const inputIds = [task.row];
  const fused = await main({ inputIds });
  const [composed = null, attention0 = null, ...hiddenStates] = await pass(
    { inputIds, outputHiddenStates: true, outputAttentions: true },
    (output) => [mainOf(output), output.attentions[0]!, ...output.hiddenStates],
  );
  const losses: Record<string, number> = {};
  for (const [name, labels] of Object.entries(task.labels))
    losses[name] = (await pass({ inputIds, labels }, (output) => [output["loss"]!]))[0] as number;
  const padded = { right_padded: await batch(task.right_padded), left_padded: await batch(task.left_padded) };
  model.dispose();
  return { fused, composed, hiddenStates, attention0, ...padded, losses, handles: backend.memory().handles };
}
