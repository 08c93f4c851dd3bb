import { expectClose, type Values } from "../compare.ts";
import { decoderInF64, weightsInF64 } from "../f64/decoder.ts";
import { headInF64 } from "../f64/heads.ts";
import type { Rows } from "../f64/vectors.ts";
import type { DrawnModel } from "../drawn-model.ts";
import { resultOf } from "./all-heads.ts";
import { headNames, heads } from "../../heads/index.ts";

/** Every head agrees with the decoder in f64; the pooled one on a row that ends in padding. */
export async function checkFormula(drawn: DrawnModel): Promise<void> {
  const { config } = drawn;
  const pad = config.padTokenId === null ? [] : [config.padTokenId, config.padTokenId];
  for (const head of headNames) {
    const ids = heads[head].positions === "last" ? [...drawn.ids, ...pad] : drawn.ids;
    const weights = await weightsInF64(await drawn.source(head).openWeights());
    const hidden = decoderInF64(config, weights, head, ids);
    const expected = valuesOf(headInF64(head, config, (name) => weights.get(name), hidden, ids));
    using model = await drawn.open(head);
    const { shape, data } = await resultOf(model, { inputIds: [ids] });
    // [1, T, n], or [1, n] of the pooled head
    expectClose(head, { shape: shape.length === 2 ? shape : shape.slice(1), data }, expected);
  }
}

const valuesOf = (rows: Rows): Values => ({
  shape: [rows.length, rows[0]?.length ?? 0],
  data: rows.flatMap((row) => [...row]),
});
