import { GrammarError, GrammarLimitError } from "../errors.ts";
import type { Regex, RegexArena } from "./regex/index.ts";

/** Texts of a choice, and their bytes together. */
const LIMITS = { texts: 100_000, bytes: 2 ** 21 } as const;

/**
 * One of some texts, as one regular expression in the shape of their prefix tree, so that a step looks at what differs at its
 * place and not at each text.
 *
 * @throws GrammarError for what is not a list of one or more texts; GrammarLimitError for too many
 */
export function choiceRegex(choices: unknown, regexes: RegexArena): Regex {
  const texts = checked(choices);
  const utf8 = new TextEncoder();
  const sorted = [...new Set(texts)].map((text) => utf8.encode(text)).sort(byBytes);
  const bytes = sorted.reduce((sum, text) => sum + text.length, 0);
  if (bytes > LIMITS.bytes)
    throw new GrammarLimitError(
      "choice",
      `has ${bytes} bytes of texts, at most ${LIMITS.bytes} are read; choose from fewer`,
      {
        limit: LIMITS.bytes,
      },
    );
  return treeOf(sorted, regexes);
}

function checked(choices: unknown): readonly string[] {
  if (!Array.isArray(choices) || choices.length === 0)
    throw new GrammarError("choice", "expected a list of one or more texts", { given: choices });
  if (choices.length > LIMITS.texts)
    throw new GrammarLimitError(
      "choice",
      `has ${choices.length} texts, at most ${LIMITS.texts} are read; choose from fewer`,
      {
        limit: LIMITS.texts,
      },
    );
  for (const [index, text] of choices.entries())
    if (typeof text !== "string" || /\p{Surrogate}/u.test(text))
      throw new GrammarError(`choice[${index}]`, `is ${JSON.stringify(text) ?? typeof text}, expected a text`, {
        given: text as unknown,
      });
  return choices as string[];
}

function byBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = sharedStart(a, b);
  return (a[shared] ?? -1) - (b[shared] ?? -1);
}

function sharedStart(a: Uint8Array, b: Uint8Array): number {
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at++;
  return at;
}

/** A place of the prefix tree: the texts that have begun there and are not finished. */
interface Place {
  readonly depth: number;
  readonly options: Regex[];
}

/** The sorted texts from the last to the first place of each: what hangs below a place is known before what is above. */
function treeOf(sorted: readonly Uint8Array[], regexes: RegexArena): Regex {
  const open: Place[] = [{ depth: 0, options: [] }];
  const close = (place: Place, text: Uint8Array, depth: number): Regex =>
    regexes.concat(regexes.literal(text.subarray(depth, place.depth)), regexes.or(...place.options));
  for (const [index, text] of sorted.entries()) {
    const place = open.at(-1);
    if (place?.depth === text.length) place.options.push(regexes.empty);
    else open.push({ depth: text.length, options: [regexes.empty] });
    const next = sorted[index + 1];
    const kept = next ? sharedStart(text, next) : 0;
    for (let top = open.at(-1); top && top.depth > kept; top = open.at(-1)) {
      open.pop();
      const above = open.at(-1);
      if (above && above.depth >= kept) above.options.push(close(top, text, above.depth));
      else open.push({ depth: kept, options: [close(top, text, kept)] });
    }
  }
  return regexes.or(...(open[0]?.options ?? []));
}
