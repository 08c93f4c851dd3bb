import { GgufError } from "@helium-lm/nn";
import type { PieceRole } from "../../tokenizer/sentencepiece/scored-vocabulary.ts";
import { bytePiece } from "../../tokenizer/models/pieces.ts";

/** Tokens by id, each with what it is for. */
export interface TokenList {
  readonly texts: readonly string[];
  readonly roles: readonly PieceRole[];
}

/** A token that tokenizer.json adds to its model's. */
export interface ListedToken {
  readonly id: number;
  readonly content: string;
  readonly special: boolean;
}

const bytes: ReadonlySet<string> = new Set(Array.from({ length: 256 }, (_, byte) => bytePiece(byte)));

/**
 * The tokens of a model of `vocabSize` rows: those of the vocabulary, the added ones, and `[PAD…]` for rows without one.
 *
 * @throws GgufError for a tokenizer that does not fit the rows
 */
export function listTokens(
  subject: string,
  vocab: ReadonlyMap<string, number>,
  added: readonly ListedToken[],
  {
    vocabSize,
    unkId,
    hasBytes,
  }: { readonly vocabSize: number; readonly unkId: number | null; readonly hasBytes: boolean },
): TokenList {
  const texts = Array.from({ length: vocabSize }, (_, id) => `[PAD${id}]`);
  const roles = Array.from({ length: vocabSize }, (): PieceRole => "unused");
  const place = (id: number, text: string, role: PieceRole): void => {
    if (id >= vocabSize)
      throw new GgufError(
        subject,
        `has the token ${JSON.stringify(text.slice(0, 40))} with the id ${id}, but the model has ${vocabSize} rows; give the tokenizer that belongs to it`,
        { given: id, expected: vocabSize },
      );
    texts[id] = text;
    roles[id] = role;
  };
  for (const [text, id] of vocab) place(id, text, hasBytes && bytes.has(text) ? "byte" : "normal");
  for (const { id, content, special } of added) place(id, content, special ? "control" : "user-defined");
  if (unkId !== null) roles[unkId] = "unknown";
  return { texts, roles };
}
