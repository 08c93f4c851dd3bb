import { checkTokenIds } from "./checks.ts";
import { GenerationError } from "./errors.ts";

type Rows = readonly (readonly number[])[];

/** The prompts, or one row of bos where none are given. @throws GenerationError */
export function resolvePrompts(inputIds: Rows | undefined, bosTokenId: number | null, vocabSize: number): Rows {
  if (inputIds !== undefined) return checkedRows("inputIds", inputIds, vocabSize);
  if (bosTokenId === null)
    throw new GenerationError("inputIds", "not given, and the model has no bosTokenId to start from; give inputIds");
  return [[bosTokenId]];
}

/** @throws GenerationError for rows that are empty, of different lengths or not of the vocabulary */
export function checkedRows(name: string, rows: Rows, vocabSize: number): Rows {
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
        `row ${row} has ${ids.length} tokens, row 0 has ${length}; pad on the left to one length`,
        { row, given: ids.length, expected: length },
      );
    const bad = ids.findIndex((id) => !Number.isInteger(id) || id < 0 || id >= vocabSize);
    if (bad >= 0)
      throw new GenerationError(
        name,
        `token ${ids[bad]} at row ${row}, position ${bad} is outside the vocabulary [0, ${vocabSize}); check that the tokenizer belongs to the model`,
        { given: ids[bad], row, position: bad, vocabSize },
      );
  }
  return rows;
}

/** The mask, or what is not the pad token unless pad also ends a row. @throws GenerationError */
export function resolveMask(
  given: Rows | undefined,
  inputIds: Rows,
  padTokenId: number | null,
  eosTokenIds: ReadonlySet<number>,
): Rows {
  if (given !== undefined) return checkedMask("attentionMask", given, "inputIds", inputIds);
  const infer = padTokenId !== null && !eosTokenIds.has(padTokenId);
  return inputIds.map((ids) => ids.map((id) => (infer && id === padTokenId ? 0 : 1)));
}

/** @throws GenerationError unless the mask has the shape of the ids */
export function checkedMask(name: string, mask: Rows, idsName: string, ids: Rows): Rows {
  if (mask.length !== ids.length || mask.some((row, b) => row.length !== ids[b]?.length))
    throw new GenerationError(
      name,
      `has ${mask.length} rows of ${mask.map((row) => row.length).join(", ")}; expected the shape of ${idsName}, ${ids.length} rows of ${ids[0]?.length}`,
    );
  return mask;
}

/** A scalar or a list as a list; null = none. @throws GenerationError for what is no token */
export function tokenList(name: string, given: number | readonly number[] | null, vocabSize: number): number[] | null {
  if (given === null) return null;
  const tokens = [given].flat();
  checkTokenIds(name, tokens, vocabSize);
  return tokens;
}
