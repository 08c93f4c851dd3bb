import { isFlat, listOf, describeValue } from "../../given-values.ts";
import { refuse } from "../option-checks.ts";
import { GenerationError } from "../../errors.ts";

type Rows = readonly (readonly number[])[];

/** The prompts, or one row of bos where none are given. @throws GenerationError */
export function resolvePrompts(inputIds: unknown, bosTokenId: number | null, vocabSize: number): Rows {
  if (inputIds !== undefined && inputIds !== null) return checkedRows("inputIds", inputIds, vocabSize);
  if (bosTokenId === null)
    throw new GenerationError("inputIds", "is missing, and the model has no bosTokenId to start from; give inputIds");
  return [[bosTokenId]];
}

/** @throws GenerationError for what is not a list of rows, for rows that are empty, of different lengths or not of the vocabulary */
export function checkedRows(name: string, given: unknown, vocabSize: number): Rows {
  const rows = numberRows(name, given, "token ids");
  const length = rows[0]?.length ?? 0;
  if (length === 0)
    throw new GenerationError(
      name,
      name === "inputIds"
        ? "the prompt is empty; give at least one token, or leave inputIds out to start from bos"
        : "is empty; give at least one token per row, or leave it out",
    );
  for (const [row, ids] of rows.entries()) {
    if (ids.length !== length)
      throw new GenerationError(
        name,
        `row ${row} has ${ids.length} tokens, but row 0 has ${length}; pad on the left to one length`,
        { row, given: ids.length, expected: length },
      );
    const bad = ids.findIndex((id) => !Number.isInteger(id) || id < 0 || id >= vocabSize);
    if (bad >= 0)
      throw new GenerationError(
        name,
        `token ${describeValue(ids[bad])} at row ${row}, position ${bad} is outside the vocabulary [0, ${vocabSize}); check that the tokenizer belongs to the model`,
        { given: ids[bad], row, position: bad, vocabSize },
      );
  }
  return rows;
}

/** The mask, or what is not the pad token unless pad also ends a row. @throws GenerationError */
export function resolveMask(
  given: unknown,
  inputIds: Rows,
  padTokenId: number | null,
  eosTokenIds: ReadonlySet<number>,
): Rows {
  if (given !== undefined && given !== null) return checkedMask("attentionMask", given, "inputIds", inputIds);
  const infer = padTokenId !== null && !eosTokenIds.has(padTokenId);
  return inputIds.map((ids) => ids.map((id) => (infer && id === padTokenId ? 0 : 1)));
}

/** @throws GenerationError unless the mask has the shape of the ids, and holds numbers */
export function checkedMask(name: string, given: unknown, idsName: string, ids: Rows): Rows {
  const mask = numberRows(name, given, "0s and 1s");
  const other = mask.length === ids.length ? mask.findIndex((row, b) => row.length !== ids[b]?.length) : 0;
  if (mask.length !== ids.length || other >= 0)
    throw new GenerationError(
      name,
      `has ${mask.length} rows, row ${other} of ${mask[other]?.length ?? 0}; expected the shape of ${idsName}, ${ids.length} rows of ${ids[0]?.length}`,
      { rows: mask.length, row: other },
    );
  const odd = mask.findIndex((row) => row.some((value) => typeof value !== "number" && typeof value !== "boolean"));
  if (odd >= 0) refuse(`${name} row ${odd}`, mask[odd], "a list of 0s and 1s");
  return mask;
}

/** Rows as plain lists; what is in them is not looked at. */
function numberRows(name: string, given: unknown, of: string): Rows {
  const rows = listOf(given) ?? refuse(name, given, `rows of ${of}, [[…]]`);
  if (isFlat(rows)) refuse(name, given, `a list of rows of ${of}: write [[…]] for one row`);
  return rows.map((row, b) => listOf(row) ?? refuse(`${name} row ${b}`, row, `a list of ${of}`)) as Rows;
}
