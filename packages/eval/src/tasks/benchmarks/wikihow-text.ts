import { pythonRegExp } from "../../python/regular-expression.ts";
import { strip } from "../../python/text.ts";

const brackets = pythonRegExp(String.raw`\[.*?\]`);

/**
 * Text of HellaSwag without the marks that its WikiHow part carries: stripped; " [title]" is the end of a sentence; everything
 * else in brackets goes, within a line; of two spaces one stays, in one pass (of three, two stay).
 */
export function withoutWikihowMarks(text: string): string {
  return strip(text).replaceAll(" [title]", ". ").replaceAll(brackets, "").replaceAll("  ", " ");
}
