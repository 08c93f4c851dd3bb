import { isKeyword, refStandsAlone } from "../documents/dialects.ts";
import { isList, isObject, own, type Json } from "../documents/json-values.ts";
import { refusal } from "../documents/refusals.ts";
import type { SchemaId } from "../documents/schema-pool.ts";
import { atom, not, schemaFormula, type Formula } from "./formulas.ts";
import type { Atoms } from "./json-types.ts";
import { below, type Reading } from "./reading.ts";

/** What a schema evaluates in a case: where all the conditions hold, which do not say that no others do. */
export interface Case<Type extends "array" | "object", Evaluated> {
  readonly conditions: readonly Formula<Atoms[Type]>[];
  readonly evaluated: Evaluated;
}

/** What is evaluated by a schema's own keywords, and by two schemas together. */
export interface Evaluation<Evaluated> {
  readonly nothing: Evaluated;
  own(reading: Reading, isOutermost: boolean): Evaluated;
  union(a: Evaluated, b: Evaluated): Evaluated;
}

/** Cases of one schema, and schemas within schemas in place. */
const MOST = { cases: 256, depth: 100 } as const;

/**
 * The cases of a schema, by which of its alternatives hold. More is allowed where more is evaluated, so that a case need not say
 * that the other alternatives do not hold, and the union of all cases is exact.
 */
export class EvaluatedCases<Type extends "array" | "object", Evaluated> {
  readonly #evaluation: Evaluation<Evaluated>;

  constructor(evaluation: Evaluation<Evaluated>) {
    this.#evaluation = evaluation;
  }

  of(reading: Reading): readonly Case<Type, Evaluated>[] {
    return this.#of(reading, 0);
  }

  #of(reading: Reading, depth: number): readonly Case<Type, Evaluated>[] {
    const { schema, pool, id } = reading;
    if (depth > MOST.depth) throw this.#refusal(reading, "lies too deep");
    const { dialect } = pool.resource(id);
    const reference = own(schema, "$ref");
    const isAlone = refStandsAlone(dialect) && typeof reference === "string";
    const evaluated = isAlone ? this.#evaluation.nothing : this.#evaluation.own(reading, depth === 0);
    let cases: readonly Case<Type, Evaluated>[] = [{ conditions: [], evaluated }];
    for (const [keyword, value] of isAlone ? [["$ref", reference] as const] : Object.entries(schema)) {
      if (!isKeyword(keyword, dialect)) continue;
      for (const factor of this.#factors(keyword, value, reading, depth)) {
        cases = cases.flatMap((a) => factor.map((b) => this.#both(a, b)));
        if (cases.length > MOST.cases) throw this.#refusal(reading, `depends on more than ${MOST.cases} combinations`);
      }
    }
    return cases;
  }

  /** For each schema in place that evaluates something: the cases in which it does, beside that in which it need not hold. */
  #factors(
    keyword: string,
    value: Json,
    reading: Reading,
    depth: number,
  ): readonly (readonly Case<Type, Evaluated>[])[] {
    const within = (schema: SchemaId, ...conditions: Formula<Atoms[Type]>[]): readonly Case<Type, Evaluated>[] => {
      const inner = this.#inner(schema, reading, depth);
      return inner.map((one) => ({ ...one, conditions: [...conditions, ...one.conditions] }));
    };
    const isCombination = keyword === "allOf" || keyword === "anyOf" || keyword === "oneOf";
    const list = isCombination && isList(value) ? value.map((part, index) => below(reading, part, keyword, index)) : [];
    switch (keyword) {
      case "$ref":
      case "$dynamicRef":
      case "$recursiveRef":
        return typeof value === "string" ? [within(reading.pool.target(reading.id, value, keyword))] : [];
      case "allOf":
        return list.map((schema) => within(schema));
      case "anyOf":
        return list.map((schema) => this.#maybe(within(schema, schemaFormula(schema))));
      case "oneOf":
        return [this.#maybe(list.flatMap((schema) => within(schema, schemaFormula(schema))))];
      case "if":
        return [this.#ofCondition(value, reading, within)];
      case "dependentSchemas": {
        const present = (key: string): Formula<Atoms[Type]> =>
          atom({ is: "required", keys: [key] } as unknown as Atoms[Type]);
        return Object.entries(isObject(value) ? value : {}).map(([key, schema]) =>
          this.#maybe(within(below(reading, schema, keyword, key), present(key))),
        );
      }
      default:
        return [];
    }
  }

  #ofCondition(
    value: Json,
    reading: Reading,
    within: (schema: SchemaId, ...conditions: Formula<Atoms[Type]>[]) => readonly Case<Type, Evaluated>[],
  ): readonly Case<Type, Evaluated>[] {
    const condition = below(reading, value, "if");
    const branch = (keyword: string): SchemaId => below(reading, own(reading.schema, keyword) ?? true, keyword);
    const holds = within(condition, schemaFormula(condition));
    const then = holds.flatMap((a) => within(branch("then")).map((b) => this.#both(a, b)));
    return this.#maybe([...then, ...within(branch("else"), not(schemaFormula(condition)))]);
  }

  /** With the case in which nothing is said; alone where the others evaluate nothing. */
  #maybe(cases: readonly Case<Type, Evaluated>[]): readonly Case<Type, Evaluated>[] {
    const { nothing } = this.#evaluation;
    return [{ conditions: [], evaluated: nothing }, ...cases.filter(({ evaluated }) => evaluated !== nothing)];
  }

  #both(a: Case<Type, Evaluated>, b: Case<Type, Evaluated>): Case<Type, Evaluated> {
    return {
      conditions: [...a.conditions, ...b.conditions],
      evaluated: this.#evaluation.union(a.evaluated, b.evaluated),
    };
  }

  #inner(id: SchemaId, reading: Reading, depth: number): readonly Case<Type, Evaluated>[] {
    const schema = reading.pool.schema(id);
    if (!isObject(schema)) return [{ conditions: [], evaluated: this.#evaluation.nothing }];
    return this.#of({ ...reading, id, schema }, depth + 1);
  }

  #refusal({ pool, id }: Reading, problem: string): Error {
    return refusal(
      "unevaluatedProperties",
      pool.place(id),
      `what is evaluated ${problem}; use additionalProperties or items`,
    );
  }
}
