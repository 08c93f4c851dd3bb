import { GenerationError } from "../../errors.ts";
import type { ResolvedGeneration } from "./resolved-generation.ts";

/** Most memory of this process that rows may take beside the model and its cache, in bytes. */
const MOST_BYTES = 2 ** 31;

/** Ids, mask and positions of a token. */
const BYTES_PER_TOKEN = 24;

/** What a row has whatever its length. */
const BYTES_PER_ROW = 1024;

type Sizes = Pick<
  ResolvedGeneration,
  "inputIds" | "copies" | "numBeams" | "numReturnSequences" | "promptLength" | "maxLength"
> & { readonly vocabSize: number; readonly maxPositionEmbeddings: number };

/**
 * Refuses what could only end the process: more beams than the vocabulary has tokens, and rows whose scores and tokens,
 * counted up to the model's context, would not fit into memory.
 *
 * @throws GenerationError before anything of that size is made
 */
export function checkSize(sizes: Sizes): void {
  const { inputIds, copies, numBeams, numReturnSequences, promptLength, maxLength, vocabSize } = sizes;
  const name = numBeams > 1 ? "numBeams" : numReturnSequences > 1 ? "numReturnSequences" : "inputIds";
  if (numBeams > vocabSize)
    throw new GenerationError(
      "numBeams",
      `is ${numBeams}, more than the ${vocabSize} tokens of the vocabulary; lower it`,
      {
        given: numBeams,
        expected: vocabSize,
      },
    );
  const rows = inputIds.length * copies;
  const length = Math.min(maxLength, Math.max(promptLength + 1, sizes.maxPositionEmbeddings));
  // Logits and their probabilities in f64; beams also keep log-probabilities and running sums.
  const bytesPerScore = numBeams > 1 ? 24 : 12;
  const bytes = rows * (vocabSize * bytesPerScore + length * BYTES_PER_TOKEN + BYTES_PER_ROW);
  if (bytes > MOST_BYTES)
    throw new GenerationError(
      name,
      `${rows} rows of up to ${length} tokens, with scores of ${vocabSize} tokens each, take ${gib(bytes)} GiB beside the model, more than ${gib(MOST_BYTES)}; give at most ${Math.floor(rows / (bytes / MOST_BYTES))} rows at once`,
      { rows, length, vocabSize, bytes, expected: MOST_BYTES },
    );
}

const gib = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);
