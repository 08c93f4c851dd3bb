import type { Call, HostCall } from "../case.ts";
import { expectWithin, Mismatch, show } from "../compare.ts";
import { indexAt, type Expected, type HostTensor } from "../host-tensor.ts";
import { download } from "../memory-layout.ts";
import { Rng } from "../../rng.ts";
import { session } from "../session.ts";
import { intruders } from "../special-elements.ts";
import { enact, valuesOf, type Subject } from "../subject.ts";

/** The case's special-value calls follow the formula. */
export function checkSpecials(subject: Subject, call: Call): Promise<void> {
  return session(async (scope) => {
    const { definition, kind, loosened } = subject;
    const host = valuesOf(subject, call);
    const got = await download(enact(scope, subject, host));
    expectWithin("special values", got, definition.oracle(host, kind), definition.tolerance(kind, call), loosened);
  });
}

interface Sprinkled {
  readonly host: HostCall;
  readonly value: number;
  readonly title: string;
}

/** Replaces one to three elements of one input by a special value; null where there is nothing to replace. */
function sprinkle(subject: Subject, call: Call, host: HostCall): Sprinkled | null {
  const names = (subject.definition.sprinkled ?? []).filter((name) => (host.inputs[name]?.data.length ?? 0) > 0);
  if (names.length === 0) return null;
  const rng = new Rng(seedOf(call));
  const pick = <T>(items: readonly T[]): T => items[Math.floor(rng.uniform() * items.length)];
  const name = pick(names);
  const input = host.inputs[name];
  const value = pick(intruders(input.dtype));
  const data = input.data.slice();
  const places = Array.from({ length: 1 + Math.floor(rng.uniform() * 3) }, () =>
    Math.floor(rng.uniform() * data.length),
  );
  for (const place of places) data[place] = value;
  const where = places.map((place) => `[${indexAt(input.shape, place).join(", ")}]`).join(", ");
  return {
    host: { ...host, inputs: { ...host.inputs, [name]: { ...input, data } } },
    value,
    title: `${show(value)} at ${name}${where}`,
  };
}

/** The seed of the first input that is drawn at random. */
function seedOf({ inputs }: Call): number {
  for (const { fill } of Object.values(inputs)) if (fill.kind !== "values") return fill.seed;
  return 0;
}

/**
 * Special values in single elements: results that do not depend on them keep their bits, the others follow the formula.
 * What depends on them is read off the formula, whose value then changes.
 */
export function checkSprinkled(subject: Subject, call: Call): Promise<void> {
  return session(async (scope) => {
    const { definition, kind, loosened } = subject;
    const host = valuesOf(subject, call);
    const sprinkled = sprinkle(subject, call, host);
    if (!sprinkled) return;
    const clean = await download(enact(scope, subject, host));
    const got = await download(enact(scope, subject, sprinkled.host));
    const before = definition.oracle(host, kind);
    const after = definition.oracle(sprinkled.host, kind);
    expectUndisturbed(sprinkled.title, clean, got, before, after);
    if (definition.sprinkledFollow?.(sprinkled.value) ?? true)
      expectWithin(sprinkled.title, got, after, definition.tolerance(kind, call), loosened);
  });
}

function expectUndisturbed(title: string, clean: HostTensor, got: HostTensor, before: Expected, after: Expected): void {
  const i = before.data.findIndex(
    (value, k) => Object.is(value, after.data[k]) && !Object.is(clean.data[k], got.data[k]),
  );
  if (i < 0) return;
  const index = indexAt(got.shape, i).join(", ");
  throw new Mismatch(
    `${title} changed element [${index}], which does not depend on it, from ${show(clean.data[i])} to ${show(got.data[i])}`,
  );
}
