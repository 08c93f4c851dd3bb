import { classNameOf, familyOfClass, type FamilyDefinition } from "../families/index.ts";
import { headNames, heads, type HeadName } from "./index.ts";

/** `LlamaForSequenceClassification` → the llama family and its sequence head; undefined for a class of no family. */
export function resolveArchitecture(
  className: string,
): { readonly family: FamilyDefinition; readonly head: HeadName } | undefined {
  for (const head of headNames) {
    const family = familyOfClass(className, heads[head].classSuffix);
    if (family !== undefined) return { family, head };
  }
  return undefined;
}

/** The class name of a family's head, as `architectures` holds it. */
export const architectureOf = (family: FamilyDefinition, head: HeadName): string =>
  classNameOf(family, heads[head].classSuffix);

/** The class that loads a head: `AutoModelForCausalLM`. */
export const autoClassOf = (head: HeadName): string =>
  `Auto${head === "base" ? "" : "Model"}${heads[head].classSuffix}`;
