import type {
  AnyDefinition,
  CheckContext,
  MakeContext,
  ProcessorDefinition,
  Scope,
  UnconditionalRows,
} from "./definition.ts";
import { builtIn, type ProcessorValues } from "./index.ts";
import type { LogitsProcessor } from "./processor.ts";

/** The built-in processors in the order in which they run. */
export const definitions: readonly AnyDefinition[] = [
  ...builtIn.general,
  ...builtIn.constraints,
  ...builtIn.sampling,
  ...builtIn.last,
];

type Given = Readonly<Record<string, unknown>>;

/** Where the options' values come from, and what they are checked against. */
export interface GivenOptions extends Omit<CheckContext, "value"> {
  readonly options: object;
  /** The generation config below the call's options. */
  readonly config: object;
  readonly doSample: boolean;
}

/**
 * The checked values of all options, with the defaults filled in.
 *
 * @throws GenerationError naming the option, what was given and what is expected
 */
export function processorValues({ options, config, doSample, ...context }: GivenOptions): ProcessorValues {
  const [ofCall, ofConfig] = [options as Given, config as Given];
  const values = new Map<string, unknown>();
  const valueOf = (definition: AnyDefinition): unknown => {
    const { option, scope, isLenient, default: otherwise, off = otherwise } = definition;
    const isCalled = ofCall[option] !== undefined;
    if (ofCall[option] === null) return off;
    if (isLenient && !isCalled && !doSample) return otherwise;
    const given = (isCalled || scope === "call" ? ofCall[option] : ofConfig[option]) ?? null;
    return given === null ? otherwise : definition.check(given, option, { ...context, value });
  };
  const value = <O extends object, V, S extends Scope>(definition: ProcessorDefinition<O, V, S>): V => {
    const { option } = definition;
    if (!values.has(option)) values.set(option, valueOf(definition));
    return values.get(option) as V;
  };
  for (const definition of definitions) value(definition);
  return Object.fromEntries(values) as ProcessorValues;
}

/** What the processors of a call depend on. */
export interface ProcessorSettings extends ProcessorValues, Omit<CheckContext, "value"> {
  readonly attentionMask: readonly (readonly number[])[];
  /** Rows per prompt while decoding: beams, or rows drawn. */
  readonly copies: number;
  readonly numBeams: number;
  readonly doSample: boolean;
  /** The caller's own. */
  readonly logitsProcessors: readonly LogitsProcessor[];
}

/**
 * The processors of a call, in transformers' order: the general ones, the caller's own, constraints, those of sampling,
 * watermark and renormalisation. A built-in one that the caller replaces is not made. Behind constraints the built-in ones
 * bring no removed token back; where a caller's own one stands there, the constraints follow it once more.
 */
export function logitsProcessors(
  settings: ProcessorSettings,
  unconditional: () => UnconditionalRows,
): LogitsProcessor[] {
  const own = settings.logitsProcessors;
  const context = contextOf(settings, unconditional);
  const replacing = new Set<LogitsProcessor>();
  const made = (those: readonly AnyDefinition[]): LogitsProcessor[] =>
    those.flatMap((definition) => {
      const replacement = own.find((processor) => processor.name === definition.option);
      if (replacement) {
        replacing.add(replacement);
        return [replacement];
      }
      const value = context.value(definition) ?? null;
      return value === null || definition.idle?.(value, context) ? [] : definition.make(value, context);
    });
  const before = made(builtIn.general);
  const constraints = made(builtIn.constraints);
  const after = [...constraints, ...(settings.doSample ? made(builtIn.sampling) : []), ...made(builtIn.last)];
  const isReplaced = after.some((processor) => replacing.has(processor));
  const others = own.filter((processor) => !replacing.has(processor));
  return [...before, ...others, ...after, ...(isReplaced ? unreplaced(builtIn.constraints, context) : [])];
}

function unreplaced(definitions: readonly AnyDefinition[], context: MakeContext): LogitsProcessor[] {
  return definitions.flatMap((definition) => {
    const value = context.value(definition) ?? null;
    return value === null ? [] : definition.make(value, context);
  });
}

function contextOf(settings: ProcessorSettings, unconditional: () => UnconditionalRows): MakeContext {
  const { inputIds, attentionMask, copies, numBeams, eosTokenIds } = settings;
  const ofRows = <T>(ofPrompts: readonly T[]): T[] => ofPrompts.flatMap((one) => new Array<T>(copies).fill(one));
  return {
    ...settings,
    value: <O extends object, V, S extends Scope>({ option }: ProcessorDefinition<O, V, S>): V =>
      (settings as unknown as Given)[option] as V,
    prompts: ofRows(inputIds),
    leadingMasked: ofRows(
      attentionMask.map((mask) =>
        Math.max(
          0,
          mask.findIndex((m) => m !== 0),
        ),
      ),
    ),
    rowsPerPrompt: copies,
    keep: numBeams > 1 ? (eosTokenIds.size || 1) + 1 : 1,
    unconditional,
  };
}
