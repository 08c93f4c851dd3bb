import { standInOf } from "../unicode/newer-characters.ts";
import { PatternSyntaxError } from "./node.ts";

const compile = (source: string): RegExp => {
  try {
    return new RegExp(`^${source}$`, "v");
  } catch (cause) {
    throw new PatternSyntaxError("holds a class that is not a set of characters", { cause });
  }
};

const escapes = /\\(?:([pP]\{[^}]*\})|[^])/g;

/** The set with its properties replaced by what they say of one character: all characters or none. */
const withPropertiesOf = (character: string, source: string): RegExp =>
  compile(
    source.replace(escapes, (escape, property?: string) => {
      if (property === undefined) return escape;
      return compile(escape).test(character) ? "\\p{Any}" : "\\P{Any}";
    }),
  );

/**
 * Whether a set, written for the flag `v`, holds a code point. Properties are those of the Unicode version that the
 * tokenizers library has, on every engine; ranges and single characters are what they are.
 *
 * @throws PatternSyntaxError for a malformed set
 */
export const pinnedSet = (source: string): ((codePoint: number) => boolean) => {
  const expression = compile(source);
  const byStandIn = new Map<string, RegExp>();
  return (codePoint) => {
    const character = String.fromCodePoint(codePoint);
    const standIn = standInOf(codePoint);
    if (standIn === undefined) return expression.test(character);
    let pinned = byStandIn.get(standIn);
    if (pinned === undefined) byStandIn.set(standIn, (pinned = withPropertiesOf(standIn, source)));
    return pinned.test(character);
  };
};
