import { ahead, choice, empty, PatternSyntaxError, sequence } from "./node.ts";
import type { RegexNode } from "./node.ts";

/** Nodes that one group may unfold to. */
const maxNodes = 5000;

/** Whether there is at most one way to match `node` at a place. */
const isRigid = (node: RegexNode): boolean =>
  node.kind === "set" || node.kind === "look" || (node.kind === "sequence" && node.parts.every(isRigid));

/**
 * `(?>node)`, which keeps the first way to match that it finds, in terms of lookaheads: an option counts where none before
 * it matches, `X*B` where no longer run of X has B behind it.
 *
 * @throws PatternSyntaxError for loops over more than a set of characters
 */
export const atomic = (node: RegexNode): RegexNode => {
  let made = 0;
  const refuse = (what: string): PatternSyntaxError =>
    new PatternSyntaxError(`holds ${what} in a group that keeps what it took, which is not supported`);

  const options = (all: readonly RegexNode[]): RegexNode =>
    choice(
      ...all.map((option, index) =>
        sequence(...all.slice(0, index).map((earlier) => ahead(earlier, true)), first([option])),
      ),
    );

  /** The first way to match `parts` one after the other. */
  const first = (parts: readonly RegexNode[]): RegexNode => {
    made += parts.length + 1;
    if (made > maxNodes) throw refuse("too many ways to match");
    const [head, ...rest] = parts;
    if (head === undefined) return empty;
    if (isRigid(head)) return sequence(head, first(rest));
    switch (head.kind) {
      case "sequence":
        return first([...head.parts, ...rest]);
      case "choice":
        return options(head.options.map((option) => sequence(option, ...rest)));
      case "repeat":
        return repeated(head, rest);
      default:
        return sequence(head, first(rest));
    }
  };

  const repeated = (head: RegexNode & { kind: "repeat" }, rest: readonly RegexNode[]): RegexNode => {
    const { body, min, max, isGreedy } = head;
    if (min > 0) {
      const left = { ...head, min: min - 1, max: max - 1 };
      return first([body, ...(left.max === 0 ? [] : [left]), ...rest]);
    }
    if (max !== Infinity) {
      const more = [body, ...(max === 1 ? [] : [{ ...head, max: max - 1 }])];
      const ways = [sequence(...more, ...rest), sequence(...rest)];
      return options(isGreedy ? ways : ways.toReversed());
    }
    if (body.kind !== "set") throw refuse("a loop over more than one character");
    if (!isGreedy) {
      if (rest.length > 0) throw refuse("a lazy loop");
      return empty;
    }
    return sequence(head, ahead(sequence(body, head, ...rest), true), first(rest));
  };

  return first([node]);
};
