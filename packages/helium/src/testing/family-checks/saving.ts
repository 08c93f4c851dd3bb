import { QuantMatrix, Tensor } from "@helium-lm/tensor";
import type { Matrix } from "@helium-lm/nn";
import { type HeadModels, type HeadName, headNames } from "../../heads/index.ts";
import { expectEqual, expectSame, Mismatch, type Values } from "../compare.ts";
import type { DrawnModel } from "../drawn-model.ts";
import { resultOf } from "./all-heads.ts";

/** Small enough for several shards. */
const MAX_SHARD_SIZE = 2000;

/** Config, weights and results of every head are the same after `savePretrained` and loading; needs Node. */
export async function checkSaving(drawn: DrawnModel): Promise<void> {
  const { mkdtemp, rm } = await import("node:fs/promises");
  const { tmpdir } = await import("node:os");
  const path = await import("node:path");
  const folder = await mkdtemp(path.join(tmpdir(), "helium-family-"));
  try {
    for (const head of headNames) await checkHead(drawn, head, path.join(folder, head));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function checkHead(drawn: DrawnModel, head: HeadName, folder: string): Promise<void> {
  using model = await drawn.open(head);
  await model.savePretrained(folder, { maxShardSize: MAX_SHARD_SIZE });
  using again = await drawn.context.load(head, folder, { backend: drawn.backend });
  expectEqual(`${head}: config`, again.config.toJSON(), model.config.toJSON());
  expectEqual(`${head}: traits`, again.config.traits, model.config.traits);
  expectEqual(`${head}: load report`, again.loadReport, { missing: [], unused: [] });
  await expectSameState(head, again, model);
  const inputs = { inputIds: [drawn.ids] };
  expectSame(`${head}: result after loading`, await resultOf(again, inputs), await resultOf(model, inputs));
}

async function expectSameState(head: HeadName, got: HeadModels[HeadName], want: HeadModels[HeadName]): Promise<void> {
  const saved = new Map(got.stateDict());
  for (const [name, tensor] of want.stateDict()) {
    const found = saved.get(name);
    if (!(found instanceof Tensor && tensor instanceof Tensor))
      throw new Mismatch(`${head}: ${name} was not saved as the dense tensor it is`);
    const typeOf = (t: Matrix): string => (t instanceof QuantMatrix ? t.format : t.dtype);
    expectEqual(`${head}: dtype of ${name}`, typeOf(found), typeOf(tensor));
    const values = async (t: Matrix): Promise<Values> => ({
      shape: t.shape,
      data: await (t instanceof QuantMatrix ? t.blocks() : t.stored()),
    });
    expectSame(`${head}: ${name}`, await values(found), await values(tensor));
  }
  expectEqual(`${head}: number of tensors`, saved.size, [...want.stateDict()].length);
}
