import { characterEnd, AlignedTextBuilder, type AlignedText } from "../aligned-text.ts";
import type { Normalizer } from "./normalizer.ts";
import type { UnicodeForm } from "./normalize-text.ts";
import { pinnedForm } from "./pinned-form.ts";

type Decomposition = "NFD" | "NFKD";

const maxKnown = 16_384;

/** The decompositions of the characters of one text, each made once. */
const decomposer = (form: Decomposition): ((character: string) => readonly string[]) => {
  const known = new Map<string, readonly string[]>();
  return (character) => {
    let parts = known.get(character);
    if (parts === undefined) {
      if (known.size >= maxKnown) known.clear();
      parts = [...pinnedForm(character, form)];
      known.set(character, parts);
    }
    return parts;
  };
};

/**
 * The decomposed characters of a text in order of appearance. Each is tagged 0 if it is the first of its source
 * character, else 1 (an addition); normalization moves marks but never two equal characters past each other, so the
 * tags of equal characters can be taken first come, first served.
 */
class DecompositionTags {
  readonly #tags = new Map<string, { readonly tags: number[]; next: number }>();

  constructor(text: string, form: UnicodeForm) {
    const decompose = decomposer(form.includes("K") ? "NFKD" : "NFD");
    for (const character of text) {
      let tag = 0;
      for (const part of decompose(character)) {
        const queue = this.#tags.get(part);
        if (queue === undefined) this.#tags.set(part, { tags: [tag], next: 0 });
        else queue.tags.push(tag);
        tag = 1;
      }
    }
  }

  take(part: string): number {
    const queue = this.#tags.get(part);
    return queue?.tags[queue.next++] ?? 0;
  }
}

/**
 * Normalizes with the alignment rule of the tokenizers library. Each output character has a change: the sum of the
 * tags of its n decomposed parts − (n − 1), i.e. 1 if it was added, 0 if it replaces one source character, −m if it
 * also swallows the m next ones. It is aligned with the source character it replaces, an added one with the source
 * character before.
 */
const normalizeAligned = (source: AlignedText, form: UnicodeForm, result: string): AlignedText => {
  const tags = new DecompositionTags(source.text, form);
  const builder = new AlignedTextBuilder(source);
  const sourceLength = source.text.length;
  const decompose = decomposer("NFD");
  const isComposed = form.endsWith("C");
  let at = 0;
  for (const character of result) {
    let change = 0;
    if (isComposed) {
      const parts = decompose(character);
      change = 1 - parts.length;
      for (const part of parts) change += tags.take(part);
    } else {
      change = tags.take(character);
    }
    if (change > 0) {
      builder.put(character, at - 1);
      continue;
    }
    builder.put(character, Math.min(at, sourceLength - 1));
    for (let taken = change; taken <= 0 && at < sourceLength; taken++) {
      at = characterEnd(source.text, at);
    }
  }
  return builder.finish();
};

/** `{ "type": "NFC" | "NFD" | "NFKC" | "NFKD" }` */
export const unicodeForm =
  (form: UnicodeForm): Normalizer =>
  (source) => {
    const result = pinnedForm(source.text, form);
    return result === source.text ? source : normalizeAligned(source, form, result);
  };
