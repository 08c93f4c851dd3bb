import type { ClientEngine } from "../engine/engine-client.ts";
import type { EncodingModel } from "./embed.ts";
import { readText, textIds, type TextRequest } from "./read-text.ts";

/**
 * Logits `[labels]` of a text, for a head that classifies sequences: those behind its last token that is not padding, as
 * `forward` has them.
 *
 * @throws GenerationError for a bad token, and for texts longer than the context; the signal's reason when aborted
 */
export async function classify(
  model: EncodingModel,
  engine: ClientEngine,
  { inputIds, signal }: TextRequest,
): Promise<Float32Array> {
  const ids = textIds(model, inputIds);
  const { padTokenId } = model.config;
  const last = Math.max(0, padTokenId === null ? ids.length - 1 : ids.findLastIndex((id) => id !== padTokenId));
  const [logits] = await readText(model, engine, ids, { from: last, end: last + 1, kind: "logits", signal });
  return Float32Array.from(logits ?? []);
}

/**
 * Logits `[T · labels]`, row after row, for a head that classifies tokens.
 *
 * @throws as `classify`
 */
export async function tag(
  model: EncodingModel,
  engine: ClientEngine,
  { inputIds, signal }: TextRequest,
): Promise<Float32Array> {
  const ids = textIds(model, inputIds);
  const rows = await readText(model, engine, ids, { from: 0, end: ids.length, kind: "logits", signal });
  const logits = new Float32Array(rows.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const row of rows) {
    logits.set(row, at);
    at += row.length;
  }
  return logits;
}
