import type { EngineHandle, RequestStats, Tokenizer } from "@helium-lm/helium";

/** An engine of `model.engine()`, or a worker of `createEngineWorker()`. */
export interface Submits {
  submit(request: { readonly inputIds: readonly number[]; readonly maxNewTokens: number }): EngineHandle;
}

/** A conversation when it has ended. */
export interface Conversation {
  readonly text: string;
  /** What each of its turns has cost. */
  readonly turns: readonly RequestStats[];
}

/** Ten beginnings in six languages. */
export const beginnings = [
  "To install the system, you need",
  "The file system is",
  "Um das System zu installieren,",
  "Die Datei wird",
  "Pour installer le système,",
  "Le fichier est",
  "Per installare il sistema,",
  "Para instalar o sistema,",
  "Para instalar el sistema,",
  "The network",
];

/** What is asked in the second turn. */
export const followUp = "\nThe next step is";

/**
 * Holds all conversations at once, two turns each.
 *
 * @param onText told of each piece of text, as it comes
 */
export function converse(
  engine: Submits,
  tokenizer: Tokenizer,
  onText: (conversation: number, piece: string) => void = () => undefined,
  maxNewTokens = 40,
): Promise<readonly Conversation[]> {
  return Promise.all(
    beginnings.map(async (beginning, n): Promise<Conversation> => {
      let ids = tokenizer.encode(beginning);
      const turns: RequestStats[] = [];
      for (const addition of ["", followUp]) {
        ids = [...ids, ...tokenizer.encode(addition, { addSpecialTokens: false })];
        const handle = engine.submit({ inputIds: ids, maxNewTokens });
        for await (const { id } of handle) {
          ids = [...ids, id];
          onText(n, tokenizer.decode([id]));
        }
        turns.push((await handle.result).stats);
      }
      return { text: tokenizer.decode(ids, { skipSpecialTokens: true }), turns };
    }),
  );
}
