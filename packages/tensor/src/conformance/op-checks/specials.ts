import { isFloat } from "../../dtypes/dtype.ts";
import type { Call, ValuedCall } from "../case.ts";
import { expectWithin, Mismatch, show } from "../compare.ts";
import { indexAt, type Expected, type TensorValues } from "../tensor-values.ts";
import { download } from "../draws/memory-layout.ts";
import { Rng } from "../../rng.ts";
import { session } from "../session.ts";
import { intruders } from "../draws/special-elements.ts";
import { enact, valuesOf, type Subject } from "../subject.ts";

/** The case's special-value calls follow the formula. */
export function checkSpecials(subject: Subject, call: Call): Promise<void> {
  return session(async (scope) => {
    const { definition, kind, slack } = subject;
    const host = valuesOf(subject, call);
    const got = await download(enact(scope, subject, host));
    expectWithin("special values", got, definition.oracle(host, kind), definition.tolerance(kind, call), slack);
  });
}

interface Sprinkled {
  readonly host: ValuedCall;
  /** The same elements replaced by NaN, where there is one: it shows in every result that depends on them. */
  readonly probe: ValuedCall;
  readonly value: number;
  readonly title: string;
}

/** Replaces one to three elements of one input by a special value; null where there is nothing to replace. */
function sprinkle(subject: Subject, call: Call, host: ValuedCall): Sprinkled | null {
  const names = (subject.definition.sprinkled ?? []).filter((name) => (host.inputs[name]?.data.length ?? 0) > 0);
  if (names.length === 0) return null;
  const rng = new Rng(seedOf(call));
  const pick = <T>(items: readonly T[]): T => items[Math.floor(rng.uniform() * items.length)];
  const name = pick(names);
  const input = host.inputs[name];
  const value = pick(intruders(input.dtype, subject.slack.floor));
  const places = Array.from({ length: 1 + Math.floor(rng.uniform() * 3) }, () =>
    Math.floor(rng.uniform() * input.data.length),
  );
  const replaced = (by: number): ValuedCall => {
    const data = input.data.slice();
    for (const place of places) data[place] = by;
    return { ...host, inputs: { ...host.inputs, [name]: { ...input, data } } };
  };
  const where = places.map((place) => `[${indexAt(input.shape, place).join(", ")}]`).join(", ");
  const probe = replaced(isFloat(input.dtype) ? NaN : value);
  return { host: replaced(value), probe, value, title: `${show(value)} at ${name}${where}` };
}

/** The seed of the first input that is drawn at random. */
function seedOf({ inputs }: Call): number {
  for (const { fill } of Object.values(inputs)) if ("seed" in fill) return fill.seed;
  return 0;
}

/**
 * Special values in single elements: results that do not depend on them keep their bits, the others follow the formula.
 * What depends on them is read off the formula, whose value changes with them or with NaN in their place.
 */
export function checkSprinkled(subject: Subject, call: Call): Promise<void> {
  return session(async (scope) => {
    const { definition, kind, slack } = subject;
    const host = valuesOf(subject, call);
    const sprinkled = sprinkle(subject, call, host);
    if (!sprinkled) return;
    const clean = await download(enact(scope, subject, host));
    const got = await download(enact(scope, subject, sprinkled.host));
    const before = definition.oracle(host, kind);
    const after = definition.oracle(sprinkled.host, kind);
    const probe = definition.oracle(sprinkled.probe, kind);
    expectUndisturbed(sprinkled.title, clean, got, [before, after, probe]);
    if (definition.sprinkledFollow?.(sprinkled.value) ?? true)
      expectWithin(sprinkled.title, got, after, definition.tolerance(kind, call), slack);
  });
}

/** Elements for which all formulas agree must not change; the sign of a zero may. */
function expectUndisturbed(title: string, clean: TensorValues, got: TensorValues, formulas: readonly Expected[]): void {
  const same = (a: number, b: number): boolean => a === b || Object.is(a, b);
  const i = clean.data.findIndex((value, k) => {
    const [before, ...others] = formulas.map(({ data }) => data[k]);
    return others.every((other) => same(before, other)) && !same(value, got.data[k]);
  });
  if (i < 0) return;
  const index = indexAt(got.shape, i).join(", ");
  throw new Mismatch(
    `${title} changed element [${index}], which does not depend on it, from ${show(clean.data[i])} to ${show(got.data[i])}`,
  );
}
