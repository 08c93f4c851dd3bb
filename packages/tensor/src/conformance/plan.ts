import fc from "fast-check";
import type { Backend } from "../contract/backend.ts";
import type { QuantFormatName } from "../contract/operand.ts";
import type { DType } from "../dtypes/dtype.ts";
import { ArgumentError } from "../errors.ts";
import { isQuantFormat } from "../quant/formats/index.ts";
import { configureDispatch, type Path } from "../trace.ts";
import type { Call, CallKind, CaseOp, ConformanceCase } from "./case.ts";
import { conformanceCases } from "./cases/index.ts";
import { checks, type CallCheck, type CheckName } from "./op-checks/index.ts";
import { checkMisuses } from "./op-checks/misuses.ts";
import { liveHandles } from "./op-checks/memory.ts";
import { Mismatch, type Slack } from "./compare.ts";
import { smallestNormal } from "./formulas/number-format.ts";
import { counterexample } from "./counterexample.ts";
import type { ConformanceOptions, Selection, Skip } from "./options.ts";
import type { Subject } from "./subject.ts";

/** One test of the suite: may be run once, throws `Mismatch` or another error when the backend fails it. */
export interface ConformanceTest {
  readonly op: CaseOp;
  /** Absent where the test is of the op as a whole. */
  readonly dtype?: DType;
  readonly variant?: string;
  /** Format of the op's block-quantised matrix. */
  readonly format?: QuantFormatName;
  readonly check: CheckName;
  readonly title: string;
  /** Why the backend need not pass. */
  readonly skipped?: Skip;
  run(backend: Backend): Promise<void>;
}

/** How calls of one op and dtype were carried out, noted while the tests run. */
export type Paths = Map<string, Set<Path>>;

export interface Plan {
  readonly tests: readonly ConformanceTest[];
  readonly paths: Paths;
}

/** Drawn calls per test unless a run asks for another number. */
export const DEFAULT_RUNS = 20;

/** Seed of all draws unless a run asks for another. */
export const DEFAULT_SEED = 1;

/** True where a selection includes the test. */
export function selects(
  selection: Selection,
  test: Pick<ConformanceTest, "op" | "dtype" | "variant" | "format" | "check">,
): boolean {
  return (["op", "dtype", "variant", "format", "check"] as const).every(
    (key) => selection[key] === undefined || selection[key] === test[key],
  );
}

/** FNV-1a, to give every test draws of its own under one seed. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h | 0;
}

/**
 * All tests of the suite for a backend, none of them run yet.
 *
 * @throws ArgumentError for a skip or a wider tolerance without a reason, and for a skip that matches no test
 */
export function planConformance(options: ConformanceOptions): Plan {
  const paths: Paths = new Map();
  const all = conformanceCases.flatMap((definition) => [
    ...definition.dtypes.flatMap((dtype) => callTests(options, definition, dtype, paths)),
    ...opTests(options, definition),
  ]);
  for (const skip of options.skip ?? []) {
    if (!skip.reason.trim()) throw new ArgumentError("conformance", `skip of ${skip.op} has no reason`, { skip });
    if (!all.some((test) => selects(skip, test)))
      throw new ArgumentError("conformance", `skip of ${skip.op} (${JSON.stringify(skip)}) matches no test`, { skip });
  }
  for (const { op, reason } of options.loosen ?? []) {
    if (!reason.trim()) throw new ArgumentError("conformance", `wider tolerance of ${op} has no reason`, { op });
  }
  const only = options.only && [options.only].flat();
  const tests = all
    .filter((test) => !only || only.some((selection) => selects(selection, test)))
    .map((test) => {
      const skipped = options.skip?.find((skip) => selects(skip, test));
      return skipped ? { ...test, skipped } : test;
    });
  return { tests, paths };
}

function callTests(
  options: ConformanceOptions,
  definition: ConformanceCase,
  dtype: DType,
  paths: Paths,
): ConformanceTest[] {
  return definition.variants(dtype).flatMap((variant) =>
    (Object.keys(checks) as CallCheck[]).flatMap((name) => {
      const kind: CallKind = { dtype, variant, values: name === "integers" ? "integers" : "reals" };
      const check = checks[name];
      if (!check.applies({ definition, kind })) return [];
      const test: ConformanceTest = {
        op: definition.op,
        dtype,
        variant,
        ...(isQuantFormat(variant) && { format: variant }),
        check: name,
        title: [variant, dtype, check.says].filter(Boolean).join(" "),
        run: (backend) => {
          const subject = subjectOf(options, backend, definition, kind, paths);
          const given =
            check.calls === "specials"
              ? definition.specials?.(kind)
              : check.calls === "all"
                ? definition.examples(kind)
                : [];
          const draws = check.calls === "specials" ? null : definition.calls(kind);
          return runProperty(options, test, backend, draws, given ?? [], (call: Call) => check.run(subject, call));
        },
      };
      return test;
    }),
  );
}

function opTests(options: ConformanceOptions, definition: ConformanceCase): ConformanceTest[] {
  const { op, properties = [] } = definition;
  const errors: ConformanceTest = {
    op,
    check: "errors",
    title: "rejects what does not fit",
    run: async (backend) => {
      const before = await liveHandles(backend);
      await checkMisuses(backend, definition);
      await expectNoLeak(backend, before);
    },
  };
  const laws = properties.map((property): ConformanceTest => {
    const test: ConformanceTest = {
      op,
      check: "properties",
      variant: property.title,
      ...(property.format && { format: property.format }),
      title: property.title,
      run: (backend) =>
        runProperty(options, test, backend, property.draws, [], (drawn) =>
          property.holds(backend, drawn, slackOf(options, { op, dtype: "f32", variant: property.title })),
        ),
    };
    return test;
  });
  return [...(definition.misuses ? [errors] : []), ...laws];
}

/** What a backend is allowed beyond the tolerances: laws are of f32, their variant is the title. */
function slackOf(
  { loosen = [], flushesSubnormals }: ConformanceOptions,
  test: Pick<ConformanceTest, "op" | "dtype" | "variant">,
): Slack {
  const found = loosen.find(
    ({ op, dtype, variant }) =>
      op === test.op && (dtype ?? test.dtype) === test.dtype && (variant ?? test.variant) === test.variant,
  );
  return { factor: found?.factor ?? 1, floor: flushesSubnormals ? smallestNormal("f32") : 0 };
}

function subjectOf(
  options: ConformanceOptions,
  backend: Backend,
  definition: ConformanceCase,
  kind: CallKind,
  paths: Paths,
): Subject {
  const { op } = definition;
  const { dtype, variant } = kind;
  const key = pathKey(op, dtype);
  return {
    backend,
    definition,
    kind,
    bitExactRows: options.bitExactRows ?? false,
    slack: slackOf(options, { op, dtype, variant }),
    traced(fn) {
      const taken = paths.get(key) ?? new Set<Path>();
      paths.set(key, taken);
      // What a cast or composed op is made of comes after it.
      let noted = false;
      configureDispatch(backend, {
        strict: options.strict ?? false,
        onOp: (event) => {
          if (event.op === op && !noted) taken.add(event.path);
          noted ||= event.op === op;
        },
      });
      try {
        return fn();
      } finally {
        configureDispatch(backend, {});
      }
    },
  };
}

export function pathKey(op: CaseOp, dtype: DType): string {
  return `${op} ${dtype}`;
}

/**
 * Checks the given calls, then drawn ones; a failure is shrunk and told with everything needed to repeat it. What a
 * call leaves alive on the backend fails the test too.
 */
async function runProperty<T>(
  { name, runs = DEFAULT_RUNS, seed = DEFAULT_SEED }: ConformanceOptions,
  test: ConformanceTest,
  backend: Backend,
  draws: fc.Arbitrary<T> | null,
  given: readonly T[],
  holds: (drawn: T) => Promise<void>,
): Promise<void> {
  const before = await liveHandles(backend);
  const where = `${test.op} ${test.title}`;
  for (const [i, call] of given.entries()) {
    try {
      await holds(call);
    } catch (cause) {
      throw counterexample({ backend: name, where, call, cause, repeat: `example ${i}, seed ${seed}` });
    }
  }
  if (draws) {
    const property = fc.asyncProperty(draws, holds);
    const details = await fc.check(property, { seed: hash(where) ^ seed, numRuns: runs });
    if (details.failed) {
      const [call] = details.counterexample ?? [];
      const path = details.counterexamplePath ?? "";
      const repeat = `seed ${seed}, draw ${details.numRuns} of ${runs}, path "${path}", ${details.numShrinks} shrinks`;
      throw counterexample({ backend: name, where, call, cause: details.errorInstance, repeat });
    }
  }
  await expectNoLeak(backend, before);
}

async function expectNoLeak(backend: Backend, before: number): Promise<void> {
  const leaked = (await liveHandles(backend)) - before;
  if (leaked !== 0) throw new Mismatch(`memory: ${leaked} storages alive that were not before`);
}
