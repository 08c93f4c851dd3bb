import { ArgumentError } from "@helium-lm/tensor";
import fc from "fast-check";
import { familyOf } from "../families/index.ts";
import { checks, type CheckName } from "./family-checks/index.ts";
import { Mismatch } from "./compare.ts";
import { draws, type FamilyDraw } from "./draw.ts";
import { FamilyError } from "../errors.ts";
import type { FamilyOptions, FamilySkip } from "./options.ts";
import { DrawnModel, type SuiteContext } from "./drawn-model.ts";

/** One test of the suite: throws `FamilyError` when the family fails it. */
export interface FamilyTest {
  readonly check: CheckName;
  readonly title: string;
  /** Why the family need not pass; the test then throws when it does. */
  readonly skipped?: FamilySkip;
  readonly run: (context: SuiteContext) => Promise<void>;
}

export const DEFAULT_RUNS = 4;

/**
 * All tests of the suite for a family, none of them run yet.
 *
 * @throws ConfigError for an unknown family, ArgumentError for a skip without a reason
 */
export function planFamily(modelType: string, options: FamilyOptions): readonly FamilyTest[] {
  familyOf(modelType, "family suite");
  for (const { check, reason } of options.skip ?? []) {
    if (!reason.trim()) throw new ArgumentError("family suite", `skip of ${check} has no reason`, { check });
  }
  const names = (Object.keys(checks) as CheckName[]).filter((name) => options.only?.includes(name) ?? true);
  return names.map((check): FamilyTest => {
    const { says } = checks[check];
    const run = (context: SuiteContext): Promise<void> => runCheck(modelType, check, options, context);
    const skipped = options.skip?.find((skip) => skip.check === check);
    if (!skipped) return { check, title: says, run };
    const title = `${says}: skipped, ${skipped.reason}`;
    return { check, title, skipped, run: (context) => expectFailure(title, () => run(context)) };
  });
}

async function expectFailure(title: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch {
    return;
  }
  throw new FamilyError("family suite", `${title}; but it passes: remove the skip`);
}

async function runCheck(
  modelType: string,
  name: CheckName,
  { runs = DEFAULT_RUNS, seed = 1, values }: FamilyOptions,
  context: SuiteContext,
): Promise<void> {
  const { configs, says, run } = checks[name];
  const arbitrary = draws(modelType, { ...configs, ...(values && { values }) });
  const property = fc.asyncProperty(arbitrary, async (draw) => {
    const before = context.backend.memory().handles;
    await run(new DrawnModel(context, draw));
    await context.backend.synchronize();
    const left = context.backend.memory().handles - before;
    if (left !== 0) throw new Mismatch(`${left} storages are alive that were not before`);
  });
  const details = await fc.check(property, { seed: hash(`${modelType} ${name}`) ^ seed, numRuns: runs });
  if (!details.failed) return;
  const [draw] = details.counterexample ?? [];
  const path = details.counterexamplePath ?? "";
  const repeat = `seed ${seed}, draw ${details.numRuns} of ${runs}, path "${path}", ${details.numShrinks} shrinks`;
  throw failure(modelType, `${says} (${name}) on ${context.backend.name}`, draw, details.errorInstance, repeat);
}

function failure(
  modelType: string,
  what: string,
  draw: FamilyDraw | undefined,
  cause: unknown,
  repeat: string,
): FamilyError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const kind = cause instanceof Error && !(cause instanceof Mismatch) ? `${cause.name}: ` : "";
  const { config, ...rest } = draw ?? {};
  const lines = [
    what,
    `  ${kind}${reason}`,
    `  config ${JSON.stringify(config)}`,
    `  drawn ${JSON.stringify(rest)}`,
    `  repeat: ${repeat}`,
  ];
  return new FamilyError(`family ${modelType}`, lines.join("\n"), { draw, repeat }, { cause });
}

/** FNV-1a, to give every family and check draws of its own under one seed. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h | 0;
}
