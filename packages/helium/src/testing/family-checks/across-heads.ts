import { scope } from "@helium-lm/tensor";
import { WeightsError } from "@helium-lm/nn";
import { type HeadName, headNames } from "../../heads/index.ts";
import type { PreTrainedModel } from "../../model/pretrained-model.ts";
import { checkpointTensors } from "../checkpoint-tensors.ts";
import { expectEqual, expectSame, Mismatch, take, type Values } from "../compare.ts";
import type { DrawnModel } from "../drawn-model.ts";

const SEED = 5;

/**
 * Each head from the checkpoint of each other one: the trunk is found with or without its prefix, what is missing is
 * refused unless a fresh head is asked for, the rest is reported, and the hidden states stay the same.
 */
export async function checkAcrossHeads(drawn: DrawnModel): Promise<void> {
  const { trunk } = drawn.config.traits.weights;
  const bare = (name: string): string => (name.startsWith(`${trunk}.`) ? name.slice(trunk.length + 1) : name);
  const namesOf = (head: HeadName): string[] => checkpointTensors(drawn.config, head).map(({ name }) => name);
  for (const from of headNames) {
    using original = await drawn.open(from);
    const states = await lastState(original, drawn.ids);
    for (const to of headNames) {
      if (to === from) continue;
      const has = new Set(namesOf(from).map(bare));
      const wants = new Set(namesOf(to).map(bare));
      const missing = namesOf(to).filter((name) => !has.has(bare(name)));
      const unused = namesOf(from).filter((name) => !wants.has(bare(name)));
      const what = `${to} from the checkpoint of ${from}`;
      if (missing.length > 0) await expectRefusal(drawn, what, from, to, missing);
      const options = missing.length > 0 ? { freshHead: { seed: SEED } } : {};
      using model = await drawn.open(to, drawn.source(from), options);
      expectEqual(`${what}: load report`, model.loadReport, { missing, unused: unused.sort() });
      expectSame(`${what}: hidden states`, await lastState(model, drawn.ids), states);
    }
  }
}

/** A head that lacks tensors is refused, and the message names the first of them. */
async function expectRefusal(
  drawn: DrawnModel,
  what: string,
  from: HeadName,
  to: HeadName,
  [first]: readonly string[],
): Promise<void> {
  const error = await drawn.open(to, drawn.source(from)).then(
    (model) => model.dispose(),
    (reason: unknown) => reason,
  );
  if (!(error instanceof WeightsError)) throw new Mismatch(`${what}: was not refused, though ${first} is missing`);
  if (!error.message.startsWith(`${first}: `)) throw new Mismatch(`${what}: "${error.message}" does not name ${first}`);
}

/** `[1, T, C]` after the final norm. */
function lastState(model: PreTrainedModel, ids: readonly number[]): Promise<Values> {
  return take(scope(() => model.trunk.forward({ inputIds: [ids] }).lastHiddenState));
}
