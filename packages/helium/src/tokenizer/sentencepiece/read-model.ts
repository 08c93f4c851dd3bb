import { TokenizerFileError } from "../../errors.ts";
import { CharactersMap } from "../normalizers/characters-map.ts";
import { protobufFields, type ProtobufField } from "./protobuf.ts";
import { pieceRoleOf, type PieceRole, type ScoredVocabulary } from "./scored-vocabulary.ts";

const kinds = { 1: "unigram", 2: "bpe" } as const;

/** Half as many again as the largest vocabulary has. */
const maxPieces = 400_000;

interface Piece {
  readonly text: string;
  readonly score: number;
  readonly role: PieceRole;
}

/**
 * Reads a SentencePiece `tokenizer.model`: a `ModelProto` with pieces (field 1), the trainer's settings (2) and the
 * normalizer's (3). Unigram and BPE models are read.
 *
 * @param file its place, for messages
 * @throws TokenizerFileError for anything else
 */
export function readSentencePieceModel(bytes: Uint8Array, file: string): ScoredVocabulary {
  const reader = new ModelReader(file);
  try {
    return reader.read(bytes);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw reader.error("the file", cause.message, cause);
  }
}

class ModelReader {
  readonly #file: string;
  readonly #utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  constructor(file: string) {
    this.#file = file;
  }

  error(field: string, problem: string, cause?: unknown): TokenizerFileError {
    const mend = "download the file again, or use the tokenizer.json that transformers exports";
    return new TokenizerFileError(this.#file, { field, problem, mend }, { cause });
  }

  read(bytes: Uint8Array): ScoredVocabulary {
    const pieces: Piece[] = [];
    const trainer = new Map<number, ProtobufField["content"]>();
    const normalizer = new Map<number, ProtobufField["content"]>();
    for (const { number, content } of protobufFields(bytes)) {
      if (number > 3 || content.type !== "bytes") continue;
      if (number === 1) {
        if (pieces.length === maxPieces) throw this.error("pieces", `are more than ${maxPieces}`);
        pieces.push(this.#piece(content.value, pieces.length));
      } else {
        const target = number === 2 ? trainer : normalizer;
        for (const field of protobufFields(content.value)) target.set(field.number, field.content);
      }
    }
    if (pieces.length === 0) throw this.error("pieces", "are missing; the file holds no SentencePiece model");
    return this.#vocabulary(pieces, trainer, normalizer);
  }

  #piece(bytes: Uint8Array, id: number): Piece {
    let [text, score, role]: [string | null, number, PieceRole] = [null, 0, "normal"];
    for (const { number, content } of protobufFields(bytes)) {
      if (number === 1 && content.type === "bytes") text = this.#text(content.value, `pieces[${id}]`);
      else if (number === 2 && content.type === "fixed32") score = content.value;
      else if (number === 3 && content.type === "varint") {
        const found = pieceRoleOf(content.value);
        if (found === null) throw this.error(`pieces[${id}].type`, `is ${content.value}, expected 1 to 6`);
        role = found;
      }
    }
    if (text === null || text === "") throw this.error(`pieces[${id}]`, "has no text");
    if (!Number.isFinite(score)) throw this.error(`pieces[${id}].score`, `is ${score}, expected a finite number`);
    return { text, score, role };
  }

  #text(bytes: Uint8Array, field: string): string {
    try {
      return this.#utf8.decode(bytes);
    } catch (cause) {
      throw this.error(field, "is not UTF-8", cause);
    }
  }

  #vocabulary(
    pieces: readonly Piece[],
    trainer: ReadonlyMap<number, ProtobufField["content"]>,
    normalizer: ReadonlyMap<number, ProtobufField["content"]>,
  ): ScoredVocabulary {
    const number = (fields: typeof trainer, field: number, fallback: number): number => {
      const content = fields.get(field);
      return content?.type === "varint" ? content.value : fallback;
    };
    const given = number(trainer, 3, 1);
    const kind = given === 1 || given === 2 ? kinds[given] : null;
    if (kind === null) throw this.error("trainer_spec.model_type", `is ${given}; read are 1 (Unigram) and 2 (BPE)`);
    if (number(trainer, 24, 0) !== 0) throw this.error("trainer_spec.treat_whitespace_as_suffix", "is true");
    if (number(normalizer, 5, 1) === 0) throw this.error("normalizer_spec.escape_whitespaces", "is false");
    const idOf = (field: number, fallback: number, role: PieceRole): number | null => {
      const id = number(trainer, field, fallback);
      return pieces[id]?.role === role ? id : null;
    };
    const map = normalizer.get(2);
    return {
      kind,
      texts: pieces.map(({ text }) => text),
      scores: pieces.map(({ score }) => score),
      roles: pieces.map(({ role }) => role),
      ids: {
        unk: idOf(40, 0, "unknown") ?? indexOrNull(pieces.findIndex(({ role }) => role === "unknown")),
        bos: idOf(41, 1, "control"),
        eos: idOf(42, 2, "control"),
        pad: idOf(43, -1, "control"),
      },
      byteFallback: number(trainer, 35, 0) !== 0,
      charactersMap: map?.type === "bytes" && map.value.length > 0 ? new CharactersMap(map.value) : null,
      addDummyPrefix: number(normalizer, 3, 1) !== 0,
      removeExtraWhitespaces: number(normalizer, 4, 1) !== 0,
      precision: "f32",
    };
  }
}

const indexOrNull = (index: number): number | null => (index < 0 ? null : index);
