import { characterEnd, AlignedTextBuilder, type AlignedText } from "../aligned-text.ts";
import type { Normalizer } from "../stages.ts";
import { normalizeText, type UnicodeForm } from "./normalize-text.ts";
import { pinnedForm } from "./pinned-form.ts";

/**
 * The decomposed characters of a text in order of appearance. Each is tagged 0 if it is the first of its source
 * character, else 1 (an addition); normalization moves marks but never two equal characters past each other, so the
 * tags of equal characters can be taken first come, first served.
 */
class DecompositionTags {
  readonly #tags = new Map<string, { readonly tags: number[]; next: number }>();

  constructor(text: string, form: UnicodeForm) {
    const decomposition = form.includes("K") ? "NFKD" : "NFD";
    for (const character of text) {
      let tag = 0;
      for (const part of pinnedForm(character, decomposition)) {
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
const normalizeAligned = (source: AlignedText, form: UnicodeForm): AlignedText => {
  const builder = new AlignedTextBuilder(source);
  let done = 0;
  for (const { index, 0: part } of source.text.matchAll(notAscii)) {
    builder.copy(done, index);
    done = index + part.length;
    normalizePart(source, index, done, form, builder);
  }
  builder.copy(done, source.text.length);
  return builder.finish();
};

/** What normalization may change: no form changes ASCII, but a mark may join the letter before it. */
const notAscii = /[\0-\x7f]?[^\0-\x7f]+/g;

const normalizePart = (
  source: AlignedText,
  from: number,
  to: number,
  form: UnicodeForm,
  builder: AlignedTextBuilder,
): void => {
  const part = source.text.slice(from, to);
  const result = pinnedForm(part, form);
  if (result === part) return builder.copy(from, to);
  const tags = new DecompositionTags(part, form);
  const isComposed = form.endsWith("C");
  let at = from;
  for (const character of result) {
    let change = 0;
    if (isComposed) {
      const parts = [...pinnedForm(character, "NFD")];
      change = 1 - parts.length;
      for (const one of parts) change += tags.take(one);
    } else {
      change = tags.take(character);
    }
    if (change > 0) {
      builder.put(character, at - 1);
      continue;
    }
    builder.put(character, Math.min(at, to - 1));
    for (let taken = change; taken <= 0 && at < to; taken++) at = characterEnd(source.text, at);
  }
};

/** `{ "type": "NFC" | "NFD" | "NFKC" | "NFKD" }` */
export const unicodeForm =
  (form: UnicodeForm): Normalizer =>
  (source) =>
    normalizeText(source.text, form) === source.text ? source : normalizeAligned(source, form);
