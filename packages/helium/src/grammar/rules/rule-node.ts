import type { Regex } from "../regex/index.ts";

/** The body of a rule, or a part of one, as a text of a grammar has it. */
export type RuleNode =
  | { readonly kind: "regex"; readonly regex: Regex }
  /** `at`: the place of the name in the text of the grammar. */
  | { readonly kind: "rule"; readonly name: string; readonly at: number }
  | { readonly kind: "sequence"; readonly parts: readonly RuleNode[] }
  | { readonly kind: "choice"; readonly parts: readonly RuleNode[] }
  | { readonly kind: "repeat"; readonly part: RuleNode; readonly min: number; readonly max: number }
  /** A grammar of another kind inside this one. */
  | { readonly kind: "expression"; readonly make: () => number };

export const regexNode = (regex: Regex): RuleNode => ({ kind: "regex", regex });

export const sequenceNode = (parts: readonly RuleNode[]): RuleNode =>
  parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: "sequence", parts };

export const choiceNode = (parts: readonly RuleNode[]): RuleNode =>
  parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: "choice", parts };

export const repeatNode = (part: RuleNode, min: number, max = Infinity): RuleNode => ({
  kind: "repeat",
  part,
  min,
  max,
});

/** Calls `visit` with each rule that the node names. */
export function forEachRule(node: RuleNode, visit: (name: string, at: number) => void): void {
  if (node.kind === "rule") visit(node.name, node.at);
  else if (node.kind === "repeat") forEachRule(node.part, visit);
  else if (node.kind === "sequence" || node.kind === "choice") for (const part of node.parts) forEachRule(part, visit);
}
