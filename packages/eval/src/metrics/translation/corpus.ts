import { EvalError } from "../../errors.ts";

/**
 * Refuses hypotheses without references, one by one, and an empty corpus.
 *
 * @throws EvalError
 */
export function checkCorpus(
  call: string,
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
): void {
  const [given, expected] = [references.length, hypotheses.length];
  if (expected === 0) throw new EvalError(call, "of no hypotheses; give at least one", { given: 0 });
  if (given !== expected)
    throw new EvalError(
      call,
      `has ${expected} hypotheses and references for ${given}; give a list of references for each hypothesis`,
      { given, expected },
    );
  references.forEach((list, index) => {
    if (!Array.isArray(list) || list.length === 0)
      throw new EvalError(
        call,
        `references[${index}] is ${Array.isArray(list) ? "an empty list" : JSON.stringify(list)}; give a list of one reference or more`,
        { index, given: list },
      );
  });
}

/** How many references the hypotheses have: a number, or "var" where they have different ones. */
export const referencesPerHypothesis = (references: readonly (readonly string[])[]): string => {
  const counts = new Set(references.map((list) => list.length));
  return counts.size === 1 ? String([...counts][0]) : "var";
};

/** Of sacrebleu, whose definitions the metrics follow and whose signatures they have. */
const sacrebleuVersion = "2.6.0";

/** A signature in sacrebleu's words, or with its short names. */
export const signatureOf = (
  fields: readonly (readonly [name: string, short: string, value: string | number])[],
  isShort: boolean,
): string =>
  [...fields, ["version", "v", sacrebleuVersion] as const]
    .map(([name, short, value]) => `${isShort ? short : name}:${value}`)
    .join("|");
