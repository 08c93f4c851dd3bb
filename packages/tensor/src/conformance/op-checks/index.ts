import type { Call } from "../case.ts";
import type { Subject } from "../subject.ts";
import { checkComposition } from "./composition.ts";
import { checkDeterminism } from "./determinism.ts";
import { checkIntegers } from "./integers.ts";
import { checkLayouts } from "./layouts.ts";
import { checkMemory } from "./memory.ts";
import { checkRows } from "./rows-alone.ts";
import { checkSpecials, checkSprinkled } from "./specials.ts";
import { checkValue } from "./value.ts";

/** What is checked of every call of an op, by name; `errors` and `properties` are checked once per op. */
export type CallCheck =
  "value" | "integers" | "layouts" | "specials" | "sprinkled" | "composition" | "rows" | "determinism" | "memory";

export type CheckName = CallCheck | "errors" | "properties";

export interface Check {
  /** What the check says about the op when it passes. */
  readonly says: string;
  /** Whether the check applies to an op at all. */
  applies(subject: Pick<Subject, "definition" | "kind">): boolean;
  /** Which calls are checked: drawn ones and the case's examples, drawn ones alone, or the special-value calls. */
  readonly calls: "all" | "drawn" | "specials";
  /** @throws Mismatch */
  run(subject: Subject, call: Call): Promise<void>;
}

const always = (): boolean => true;

export const checks: { readonly [K in CallCheck]: Check } = {
  value: { says: "agrees with its formula", applies: always, calls: "all", run: checkValue },
  integers: {
    says: "is exact on whole numbers",
    applies: ({ definition, kind }) => definition.exactOnIntegers?.(kind) ?? false,
    calls: "all",
    run: checkIntegers,
  },
  layouts: {
    says: "does not depend on the memory layout",
    applies: ({ definition }) => !["fill", "arange"].includes(definition.op),
    calls: "drawn",
    run: checkLayouts,
  },
  specials: {
    says: "follows its formula for NaN, ±∞, ±0, subnormals and the largest numbers",
    applies: ({ definition, kind }) => (definition.specials?.(kind) ?? []).length > 0,
    calls: "specials",
    run: checkSpecials,
  },
  sprinkled: {
    says: "keeps special values away from their neighbours",
    applies: ({ definition }) => (definition.sprinkled ?? []).length > 0,
    calls: "drawn",
    run: checkSprinkled,
  },
  composition: {
    says: "agrees with its composition",
    applies: ({ definition }) => definition.compose !== undefined,
    calls: "drawn",
    run: checkComposition,
  },
  rows: {
    says: "gives a row alone what it gives it in a batch",
    applies: ({ definition }) => definition.rows !== undefined,
    calls: "drawn",
    run: checkRows,
  },
  determinism: { says: "gives the same bits twice", applies: always, calls: "drawn", run: checkDeterminism },
  memory: {
    says: "writes its output, nothing else, and leaks nothing",
    applies: always,
    calls: "drawn",
    run: checkMemory,
  },
};
