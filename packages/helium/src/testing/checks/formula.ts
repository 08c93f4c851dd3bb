import { expectClose, type Values } from "../compare.ts";
import { plainDecoder, plainHead, plainWeights } from "../plain/decoder.ts";
import type { Rows } from "../plain/rows.ts";
import type { Trial } from "../trial.ts";
import { resultOf } from "./all-heads.ts";
import { headNames } from "../../heads/index.ts";

/** Every head agrees with the decoder in plain numbers; the pooled one on a row that ends in padding. */
export async function checkFormula(trial: Trial): Promise<void> {
  const { config } = trial;
  const pad = config.padTokenId === null ? [] : [config.padTokenId, config.padTokenId];
  for (const head of headNames) {
    const ids = head === "sequence-classification" ? [...trial.ids, ...pad] : trial.ids;
    const weights = await plainWeights(await trial.source(head).openWeights());
    const hidden = plainDecoder(config, weights, head, ids);
    const expected = valuesOf(plainHead(config, weights, head, hidden, ids));
    using model = await trial.open(head);
    const { shape, data } = await resultOf(model, { inputIds: [ids] });
    // [1, T, n], or [1, n] of the pooled head
    expectClose(head, { shape: shape.length === 2 ? shape : shape.slice(1), data }, expected);
  }
}

const valuesOf = (rows: Rows): Values => ({
  shape: [rows.length, rows[0]?.length ?? 0],
  data: rows.flatMap((row) => [...row]),
});
