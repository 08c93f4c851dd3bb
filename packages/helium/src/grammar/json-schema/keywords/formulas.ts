import type { SchemaId } from "../documents/schema-pool.ts";

/** What a schema says of the values of one type, over atoms of that type. */
export type Formula<Atom> =
  | { readonly op: "yes" }
  | { readonly op: "no" }
  | { readonly op: "atom"; readonly atom: Atom }
  | { readonly op: "schema"; readonly schema: SchemaId }
  | { readonly op: "not"; readonly part: Formula<Atom> }
  /** All of the parts, at least one of them, exactly one of them. */
  | { readonly op: "all" | "any" | "one"; readonly parts: readonly Formula<Atom>[] };

/** A formula that holds for all, or none, of the values. */
export type Constant = { readonly op: "yes" } | { readonly op: "no" };

export const yes: Constant = { op: "yes" };
export const no: Constant = { op: "no" };

export const when = (condition: boolean): Constant => (condition ? yes : no);

export const atom = <Atom>(value: Atom): Formula<Atom> => ({ op: "atom", atom: value });

/** The schemas of ids 0 and 1 are `true` and `false`. */
export function schemaFormula<Atom>(schema: SchemaId): Formula<Atom> {
  return schema === 0 ? yes : schema === 1 ? no : { op: "schema", schema };
}

export function not<Atom>(part: Formula<Atom>): Formula<Atom> {
  if (part.op === "not") return part.part;
  return part.op === "yes" ? no : part.op === "no" ? yes : { op: "not", part };
}

export function all<Atom>(parts: readonly Formula<Atom>[]): Formula<Atom> {
  const open = parts.filter(({ op }) => op !== "yes");
  if (open.some(({ op }) => op === "no")) return no;
  const [only = yes] = open;
  return open.length <= 1 ? only : { op: "all", parts: open };
}

export function any<Atom>(parts: readonly Formula<Atom>[]): Formula<Atom> {
  const open = parts.filter(({ op }) => op !== "no");
  if (open.some(({ op }) => op === "yes")) return yes;
  const [only = no] = open;
  return open.length <= 1 ? only : { op: "any", parts: open };
}

/** Exactly one of the parts. */
export function one<Atom>(parts: readonly Formula<Atom>[]): Formula<Atom> {
  const open = parts.filter(({ op }) => op !== "no");
  const certain = open.filter(({ op }) => op === "yes").length;
  if (certain > 1) return no;
  if (certain === 1) return all(open.filter(({ op }) => op !== "yes").map(not));
  const [only = no] = open;
  return open.length <= 1 ? only : { op: "one", parts: open };
}

/** The schemas a formula names, each as often as it does. */
export function schemasIn<Atom>(formula: Formula<Atom>): readonly SchemaId[] {
  if (formula.op === "yes" || formula.op === "no" || formula.op === "atom") return none;
  if (formula.op === "schema") return [formula.schema];
  return formula.op === "not" ? schemasIn(formula.part) : formula.parts.flatMap(schemasIn);
}

const none: readonly SchemaId[] = [];
