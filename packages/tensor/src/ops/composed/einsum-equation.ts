import { ArgumentError } from "../../errors.ts";

/** One label per axis of each operand and of the result; axes under an ellipsis have labels of their own. */
export interface Equation {
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
}

const ELLIPSIS = "...";

/** Labels of the `count` axes under an ellipsis: counted from the right, where NumPy aligns shapes that broadcast. */
const ellipsisLabels = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${ELLIPSIS}${count - 1 - i}`);

function fault(equation: string, why: string): ArgumentError {
  return new ArgumentError("einsum", `"${equation}" ${why}`, { given: equation });
}

/** The letters of one term, and where an ellipsis stands among them. */
function readTerm(equation: string, term: string): string[] {
  const parts = term.split(ELLIPSIS);
  const letters = parts.join("");
  if (parts.length > 2 || !/^[A-Za-z]*$/.test(letters))
    throw fault(equation, `has the term "${term}"; expected letters, one per axis, and at most one "..."`);
  return parts.length === 1 ? [...letters] : [...(parts[0] ?? ""), ELLIPSIS, ...(parts[1] ?? "")];
}

/**
 * Reads an equation as NumPy's and PyTorch's einsum do: terms by commas, then `->` and the result's labels. Without `->`
 * the result has the ellipsis, then the labels that occur once, in alphabetical order (capitals first).
 *
 * @param ranks of the operands, which say how many axes an ellipsis stands for
 * @throws ArgumentError for what is not an equation or does not fit the operands
 */
export function parseEquation(equation: string, ranks: readonly number[]): Equation {
  const [left = "", right, ...rest] = equation.replaceAll(/\s/g, "").split("->");
  if (rest.length > 0) throw fault(equation, 'has more than one "->"; expected "terms->result"');
  const terms = left.split(",").map((term) => readTerm(equation, term));
  if (terms.length !== ranks.length)
    throw fault(equation, `has ${terms.length} terms for ${ranks.length} operands; give one term for each, by commas`);
  let hidden = 0;
  const inputs = terms.map((term, i) => {
    const rank = ranks[i];
    const letters = term.filter((label) => label !== ELLIPSIS).length;
    const count = rank - letters;
    if (count < 0 || (count > 0 && letters === term.length))
      throw fault(
        equation,
        `names ${letters} axes of operand ${i}, which has rank ${rank}; give one letter per axis, or "..." for the rest`,
      );
    hidden = Math.max(hidden, letters === term.length ? 0 : count);
    return term.flatMap((label) => (label === ELLIPSIS ? ellipsisLabels(count) : label));
  });
  return {
    inputs,
    output: right === undefined ? implied(inputs, hidden) : readOutput(equation, right, inputs, hidden),
  };
}

function implied(inputs: readonly (readonly string[])[], hidden: number): string[] {
  const all = inputs.flat().filter((label) => !label.startsWith(ELLIPSIS));
  const once = all.filter((label) => all.indexOf(label) === all.lastIndexOf(label)).sort();
  return [...ellipsisLabels(hidden), ...once];
}

function readOutput(equation: string, term: string, inputs: readonly (readonly string[])[], hidden: number): string[] {
  const labels = readTerm(equation, term);
  const known = new Set(inputs.flat());
  for (const [i, label] of labels.entries()) {
    if (labels.indexOf(label) !== i) throw fault(equation, `has "${label}" twice in its result; give each label once`);
    if (label !== ELLIPSIS && !known.has(label))
      throw fault(equation, `has "${label}" in its result, which no operand has; take it from the terms`);
  }
  return labels.flatMap((label) => (label === ELLIPSIS ? ellipsisLabels(hidden) : label));
}
