import { checked, refuse } from "../option-checks.ts";
import type { StopStringTokenizer } from "../stopping/criterion.ts";
import type { LogitsProcessor } from "./processor.ts";

/** What an option's value is checked against. */
export interface CheckContext {
  /** Prompts `[B][T]`. */
  readonly inputIds: readonly (readonly number[])[];
  /** The model's, where the call has it. */
  readonly tokenizer: StopStringTokenizer | null;
  readonly vocabSize: number;
  readonly eosTokenIds: ReadonlySet<number>;
  /** Tokens of a prompt, padding included. */
  readonly promptLength: number;
  /** Length at which generation stops, prompt included. */
  readonly maxLength: number;
  readonly warn: (message: string) => void;
  /** The checked value of another processor's option. */
  readonly value: <O extends object, V, S extends Scope>(other: ProcessorDefinition<O, V, S>) => V;
}

/** Logits of the same rows without the prompt, or with a negative one. */
export interface UnconditionalRows {
  /** Logits of the next token, after `newTokens` were appended to the rows (none in the first step). */
  next(newTokens: readonly number[] | null): Promise<readonly Float32Array[]>;
  select(parents: readonly number[]): void;
  dispose(): void;
}

/** What processors are made from, beside the value of their option. */
export interface MakeContext extends CheckContext {
  /** The prompt of each row. */
  readonly prompts: readonly (readonly number[])[];
  /** Slots of padding at the start of each row. */
  readonly leadingMasked: readonly number[];
  /** Beams of a prompt; 1 without beam search. */
  readonly numBeams: number;
  /** Beams, or rows drawn, of each prompt. */
  readonly rowsPerPrompt: number;
  /** Tokens that the processors of sampling leave at least (transformers: `min_tokens_to_keep`). */
  readonly keep: number;
  readonly unconditional: () => UnconditionalRows;
}

/** Who gives an option: a generation config or a call, or a call alone. */
export type Scope = "config" | "call";

/**
 * All there is to know of a built-in processor: how its option is called and checked, when it runs and how it is made. One
 * line in the table of `index.ts` makes it a part of `generate`: from there come the names and types of the options, their
 * checks, the warnings of options without effect, the keys of generation_config.json and the order.
 *
 * `O` declares the option, with what it does in its docstring; `V` is its checked value.
 */
export interface ProcessorDefinition<O extends object, V, S extends Scope = "config"> {
  /** Name of the option and of the processor; the key in generation_config.json is the same in snake case. */
  readonly option: keyof O & string;
  /** Value without the option; null = off. */
  readonly default: V;
  /** What a call's `null` stands for, where that is not the default. */
  readonly off?: V;
  /** Default "config". */
  readonly scope?: S;
  /** The number is written with a point in generation_config.json: transformers refuses `"temperature": 1`. */
  readonly isFloat?: true;
  /** Without sampling a generation config may hold anything here, as published ones do. */
  readonly isLenient?: true;
  /** Once top-k has left some tokens, it looks at nothing but the scores of these. */
  readonly ofCandidates?: true;
  /** @param name to be named in messages @throws GenerationError for a value outside the option's domain */
  check(given: unknown, name: string, context: CheckContext): V;
  /** With this value the processor would change nothing, and is not made; with null it never is. */
  idle?(value: NonNullable<V>, context: MakeContext): boolean;
  make(value: NonNullable<V>, context: MakeContext): LogitsProcessor;
}

/** Any definition, for code that treats all alike. */
export type AnyDefinition = ProcessorDefinition<never, unknown, Scope>;

/** Checks for a number. @param expected as it stands after "expected" in the message */
export function aNumber(
  expected: string,
  accepts: (value: number) => boolean,
): (given: unknown, name: string) => number {
  return (given, name) => checked(name, given, expected, accepts);
}

/** Checks for true or false. */
export function aFlag(given: unknown, name: string): boolean {
  return typeof given === "boolean" ? given : refuse(name, given, "true or false");
}
