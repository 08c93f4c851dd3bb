import {
  cast,
  checkOptionNames,
  reshape,
  tensor,
  Tensor,
  type Backend,
  type NestedNumbers,
  type OptionNames,
} from "@helium-lm/tensor";
import { paddingMask, type KvCache } from "@helium-lm/nn";
import { InputError } from "../errors.ts";
import { isFlat, listOf, describeValue } from "../given-values.ts";

/** Inputs of a forward pass, as in transformers. Rows of a batch have one length T. */
export interface ModelInputs {
  /** Token ids `[B][T]`, or an i32 tensor `[B, T]`. Exactly one of `inputIds` and `inputsEmbeds` is given. */
  readonly inputIds?: readonly (readonly number[])[] | Tensor;
  /** Embeddings `[B, T, C]` in place of ids, as the family's embedding module gives them (Gemma's: times √C). */
  readonly inputsEmbeds?: Tensor;
  /**
   * `[B][S]` over cached and new slots, 1 = token, 0 = padding; shorter ones are filled with 0. Or a finished mask that
   * broadcasts to `[B, H, T, S]` and replaces the causal rule: numbers or a float tensor are added to the scores, a bool
   * tensor says what is visible.
   */
  readonly attentionMask?: NestedNumbers | Tensor;
  /** Positions `[B][T]` for RoPE; default: the slots, P … P+T−1, for every row. */
  readonly positionIds?: readonly (readonly number[])[];
  /** Keys and values of earlier passes; extended in place. */
  readonly pastKeyValues?: KvCache;
  /**
   * Return keys and values in `pastKeyValues`, a new cache when none was given; the caller disposes it. Default: only
   * when one was given (transformers' default is true; here nothing is to be freed unless it was asked for).
   */
  readonly useCache?: boolean;
  /** Keep the hidden states: all, or only those at the given indices (the others are null). */
  readonly outputHiddenStates?: boolean | number | readonly number[];
  readonly outputAttentions?: boolean;
}

export const modelInputNames: OptionNames<ModelInputs> = {
  inputIds: true,
  inputsEmbeds: true,
  attentionMask: true,
  positionIds: true,
  pastKeyValues: true,
  useCache: true,
  outputHiddenStates: true,
  outputAttentions: true,
};

/** Columns of a tokenizer's output that decoders have no use for. */
const unread = { tokenTypeIds: true, offsetsMapping: true, specialTokensMask: true, tokens: true } as const;

/** @throws InputError for a name that is not an input of the head, with the nearest */
export function checkInputNames(inputs: object, names: Readonly<Record<string, true>>): void {
  checkOptionNames("forward", inputs, { ...names, ...unread }, InputError);
}

/** Checks that exactly one kind of input is given and returns its batch and length. @throws InputError */
export function inputShape(
  { inputIds, inputsEmbeds }: ModelInputs,
  vocabSize: number,
  hiddenSize: number,
): [number, number] {
  if ((inputIds === undefined) === (inputsEmbeds === undefined))
    throw new InputError(
      "inputIds",
      `${inputIds === undefined ? "neither inputIds nor" : "both inputIds and"} inputsEmbeds given; give exactly one`,
    );
  if (inputsEmbeds !== undefined) {
    if (!(inputsEmbeds instanceof Tensor))
      throw new InputError(
        "inputsEmbeds",
        `is ${describeValue(inputsEmbeds)}; expected a tensor [B ≥ 1, T ≥ 1, ${hiddenSize}]`,
      );
    const [B, T, C] = inputsEmbeds.shape;
    if (inputsEmbeds.rank !== 3 || C !== hiddenSize || !B || !T)
      throw new InputError(
        "inputsEmbeds",
        `has shape [${inputsEmbeds.shape.join(", ")}]; expected [B ≥ 1, T ≥ 1, ${hiddenSize}]`,
        {
          given: inputsEmbeds.shape,
        },
      );
    return [B, T];
  }
  return inputIds instanceof Tensor ? tensorShape(inputIds) : rowsShape("inputIds", inputIds, vocabSize);
}

function tensorShape(ids: Tensor): [number, number] {
  const [B, T] = ids.shape;
  if (ids.rank !== 2 || ids.dtype !== "i32" || !B || !T)
    throw new InputError("inputIds", `is ${ids.toString()}; expected an i32 tensor [B ≥ 1, T ≥ 1]`, {
      given: ids.shape,
    });
  return [B, T];
}

/** @throws InputError unless it is a list of lists of numbers (or booleans) */
export function numberRows(name: string, given: unknown): readonly (readonly number[])[] {
  const refuse = (value: unknown, what: string, expected: string): never => {
    throw new InputError(name, `${what} ${describeValue(value)}; expected ${expected}`, { given: value });
  };
  const list = listOf(given) ?? refuse(given, "is", "rows of numbers, [[…]]");
  if (isFlat(list)) refuse(list, "is the one row", "a list of rows: write [[…]]");
  const rows = list.map((row, b) => listOf(row) ?? refuse(row, `row ${b} is`, "a list of numbers"));
  rows.forEach((row, b) => {
    const odd = row.findIndex((value) => typeof value !== "number" && typeof value !== "boolean");
    if (odd >= 0) refuse(row[odd], `row ${b} has at position ${odd}`, "a number");
  });
  return rows as readonly (readonly number[])[];
}

/** Shape of rows of integers in `[0, limit)`. @throws InputError for empty or ragged rows and values out of range */
export function rowsShape(name: string, given: unknown, limit: number): [number, number] {
  const rows = numberRows(name, given);
  const T = rows[0]?.length ?? 0;
  if (T === 0) throw new InputError(name, "is empty; give at least one row with one token", { rows: rows.length });
  rows.forEach((row, b) => {
    if (row.length !== T)
      throw new InputError(name, `row ${b} has ${row.length} entries, row 0 has ${T}; pad the rows to one length`, {
        row: b,
        given: row.length,
        expected: T,
      });
    const bad = row.findIndex((id) => !Number.isInteger(id) || id < 0 || id >= limit);
    if (bad >= 0)
      throw new InputError(name, `${row[bad]} at row ${b}, position ${bad} is outside [0, ${limit})`, {
        given: row[bad],
        row: b,
        position: bad,
        limit,
      });
  });
  return [rows.length, T];
}

/** Ids as an i32 tensor `[B, T]`, a new one in any case. */
export function idsTensor(backend: Backend, ids: readonly (readonly number[])[] | Tensor): Tensor {
  if (ids instanceof Tensor) return ids.view(ids.layout);
  const shape = [ids.length, ids[0]?.length ?? 0];
  return tensor(
    backend,
    ids.flatMap((row) => [...row]),
    { shape, dtype: "i32" },
  );
}

/** The mask attention takes, and whether it already holds the causal rule. */
export interface AttentionMask {
  readonly mask: Tensor | null;
  readonly maskIsComplete: boolean;
}

/** Turns the caller's mask (2-D padding or 4-D finished) into what attention takes; S = slots of the longest row. */
export function attentionMask(
  backend: Backend,
  given: NestedNumbers | Tensor | undefined,
  shape: { readonly batch: number; readonly length: number },
): AttentionMask {
  if (given === undefined) return { mask: null, maskIsComplete: false };
  const t = given instanceof Tensor ? given : undefined;
  const depth = t ? t.rank : depthOf(given);
  if (depth === 4) return { mask: t ?? finishedMask(backend, given), maskIsComplete: true };
  const rows = t ? t.shape[0] : numberOfRows(given);
  if (depth !== 2 || rows !== shape.batch)
    throw new InputError(
      "attentionMask",
      `has ${depth} dimensions and ${rows} rows; expected [${shape.batch}, S] or 4 dimensions`,
      {
        depth,
        rows,
        batch: shape.batch,
      },
    );
  if (t) return { mask: reshape(cast(t, "bool"), [shape.batch, 1, 1, shape.length]), maskIsComplete: false };
  return { mask: paddingMask(backend, numberRows("attentionMask", given), shape.length), maskIsComplete: false };
}

/**
 * Packed sequences: a position that is not the one before plus 1 starts a new sequence, and sequences do not see each
 * other. Bool `[B, 1, T, T]`, or null when every row is one sequence.
 */
export function packedMask(backend: Backend, positionIds: readonly (readonly number[])[]): Tensor | null {
  const sequences = positionIds.map((row) => {
    let sequence = 0;
    return row.map((position, t) => (t > 0 && position !== (row[t - 1] ?? 0) + 1 ? ++sequence : sequence));
  });
  if (sequences.every((row) => row.at(-1) === 0)) return null;
  const mask = sequences.map((row) => [row.map((a) => row.map((b) => (a === b ? 1 : 0)))]);
  return tensor(backend, mask, { dtype: "bool" }); // [B, 1, T, T]
}

/** Lists in lists, along the first entries; text and objects have no depth. */
function depthOf(value: unknown): number {
  let depth = 0;
  for (let list = listOf(value); list !== null && depth < 5; list = listOf(list[0])) depth++;
  return depth;
}

function numberOfRows(mask: unknown): number {
  const rows = listOf(mask);
  if (rows) return rows.length;
  throw new InputError("attentionMask", `is ${describeValue(mask)}; expected [B][S] or 4 dimensions`, { given: mask });
}

function finishedMask(backend: Backend, given: unknown): Tensor {
  for (const perHead of listOf(given) ?? [])
    for (const [head, rows] of (listOf(perHead) ?? [perHead]).entries()) numberRows(`attentionMask head ${head}`, rows);
  return tensor(backend, given as NestedNumbers);
}
