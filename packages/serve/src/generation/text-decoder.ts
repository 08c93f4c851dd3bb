import type { StreamDecoder } from "@helium-lm/helium";
import type { CompletionRequest } from "./completion.ts";

/** Tokens at the end of a prompt that can have a say in the text of the one behind them: a character has up to four bytes. */
const TAIL = 8;

/** What of a request says which tokens are text. */
type Shown = Pick<CompletionRequest, "model" | "promptIds" | "shownSpecialIds" | "sampling" | "includeStop">;

/**
 * Tokens that are no part of the text: special ones that nobody asked to see, and those that end it, unless what ended the text
 * is to be seen.
 */
export function hiddenIds({ model, shownSpecialIds, sampling, includeStop }: Omit<Shown, "promptIds">): Set<number> {
  const special =
    shownSpecialIds === "all" ? [] : model.tokenizer.allSpecialIds.filter((id) => !shownSpecialIds.has(id));
  const ends = [...(sampling.ignoreEos ? [] : model.eosTokenIds), ...sampling.stopTokenIds];
  return new Set(includeStop ? special : [...special, ...ends]);
}

/**
 * Decodes the new tokens of a text into what they add to the prompt's: a decoder that strips the space in front of a text does
 * not strip the one between the two. Behind a special token a text begins anew.
 */
export function newTextDecoder({ model, promptIds, ...request }: Shown): StreamDecoder {
  const { tokenizer } = model;
  const special = new Set(tokenizer.allSpecialIds);
  const tail = promptIds.slice(-TAIL);
  const after = tail.slice(tail.findLastIndex((id) => special.has(id)) + 1);
  const hidden = hiddenIds({ model, ...request });
  const decoder = tokenizer.streamDecoder({ skipSpecialTokens: false, after });
  return { push: (id) => (hidden.has(id) ? "" : decoder.push(id)), flush: () => decoder.flush() };
}
