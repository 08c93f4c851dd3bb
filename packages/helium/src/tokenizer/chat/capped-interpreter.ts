import { Interpreter, type Environment } from "@huggingface/jinja";
import type { Caps } from "./caps.ts";
import { ChatTemplateLimitError } from "../../errors.ts";
import { Measures, type Value } from "./template-values.ts";
import { WorkWatch } from "./work-watch.ts";

/** A node of the engine's syntax tree. */
type Statement = NonNullable<Parameters<Interpreter["evaluate"]>[0]>;

/** Steps between two looks at the clock. */
const stepsOfLook = 64;

/** What an item of a list counts for, in characters; new values are objects of their own. */
const itemSize = 8;
const newItemSize = 128;

/** Nodes that give a value that was there before, or one that is written in the template. */
const gives = new Set(["Identifier", "StringLiteral", "IntegerLiteral", "FloatLiteral", "Ternary", "Comment"]);

/** Statements whose text is that of the statements within them. */
const blocks = new Set(["Program", "If", "For", "Macro", "Set", "CallStatement", "FilterStatement"]);

type Call = (args: readonly Value[], scope: Environment) => Value;

const textOf = (value: Value | undefined): string => (typeof value?.value === "string" ? value.value : "");

/** How often `part` stands in `text`, as `replace` and `split` count. */
const occurrences = (text: string, part: string): number => {
  if (part === "") return text.length + 1;
  let count = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) count++;
  return count;
};

/**
 * Runs a template as the engine does, and counts: each evaluation, what it makes, what it writes, and the time. Operations
 * that could make much at once are asked before they run.
 */
export class CappedInterpreter extends Interpreter {
  readonly #caps: Caps;
  readonly #measures: Measures;
  readonly #watch = new WorkWatch();
  readonly #maxMs: number;
  readonly #maxText: number;
  readonly #maxMade: number;
  #steps = 0;
  #made = 0;
  /** What is to be asked of the value of a node before the node around it goes on. */
  readonly #asks = new WeakMap<Statement, (value: Value) => void>();
  readonly #written = new WeakSet<Statement>();
  readonly #guarded = new WeakSet<Value>();

  /** @param inputSize characters of the messages and other variables */
  constructor(environment: Environment, inputSize: number, caps: Caps) {
    super(environment);
    this.#caps = caps;
    this.#measures = new Measures(caps.depth);
    this.#maxMs = caps.time + caps.timePerInput * inputSize;
    this.#maxText = caps.text + caps.textPerInput * inputSize;
    this.#maxMade = caps.values + caps.valuesPerInput * inputSize;
  }

  /** @throws ChatTemplateLimitError saying which cap */
  override evaluate(statement: Statement | undefined, environment: Environment): Value {
    if (statement === undefined) return super.evaluate(statement, environment);
    this.#step();
    this.#prepare(statement);
    const value = super.evaluate(statement, environment);
    this.#check(statement, value);
    this.#asks.get(statement)?.(value);
    return value;
  }

  #step(count = 1): void {
    const looks = Math.floor(this.#steps / stepsOfLook);
    this.#steps += count;
    const { steps, time } = this.#caps;
    if (this.#steps > steps) throw new ChatTemplateLimitError("steps", steps, "takes too many steps");
    if (Math.floor(this.#steps / stepsOfLook) > looks && this.#watch.isOver(this.#maxMs))
      throw new ChatTemplateLimitError("time", time, "takes too long");
  }

  #check(statement: Statement, value: Value): void {
    const { type } = statement;
    const isWritten = this.#written.has(statement);
    if (typeof value.value === "string") {
      if (value.value.length > this.#maxText) throw this.#tooLong();
      if (isWritten || (!gives.has(type) && type !== "MemberExpression")) this.#make(value.value.length);
    } else if (typeof value.value === "object" && value.value !== null) {
      const { size, depth } = this.#measures.of(value);
      if (depth > this.#caps.depth)
        throw new ChatTemplateLimitError("depth", this.#caps.depth, "nests lists too deeply");
      if (size > this.#maxText) throw this.#tooLong();
      if (isWritten) this.#make(size);
      if (Array.isArray(value.value) && !gives.has(type))
        this.#make(value.value.length * (type === "CallExpression" ? newItemSize : itemSize));
    }
  }

  #make(size: number): void {
    this.#made += size;
    if (this.#made > this.#maxMade)
      throw new ChatTemplateLimitError("values", this.#maxMade, "produces too many values");
  }

  #tooLong(): ChatTemplateLimitError {
    return new ChatTemplateLimitError("text", this.#maxText, "produces a text that is too long");
  }

  /** Before a text of so many characters is made. */
  #allow(size: number): void {
    if (size > this.#maxText) throw this.#tooLong();
  }

  /** Says what is to be asked of the values within a node, once for each node. */
  #prepare(statement: Statement): void {
    const { type } = statement;
    if (type === "FilterExpression") this.#prepareFilter(statement as Filter);
    else if (type === "MemberExpression") {
      const { object } = statement as unknown as { readonly object: Statement };
      if (!this.#asks.has(object)) this.#asks.set(object, (value) => this.#guard(value));
    } else if (blocks.has(type)) {
      if (type === "For") this.#prepareLoop(statement as Loop);
      const { body, alternate, defaultBlock } = statement as unknown as Readonly<
        Record<string, Statement[] | undefined>
      >;
      for (const inner of [body, alternate, defaultBlock].flatMap((list) => list ?? []))
        if (!blocks.has(inner.type)) this.#written.add(inner);
    }
  }

  /** A turn of a loop is a step, whatever is in it. */
  #prepareLoop({ iterable }: Loop): void {
    const node = iterable.type === "SelectExpression" ? (iterable.lhs ?? iterable) : iterable;
    if (!this.#asks.has(node)) this.#asks.set(node, ({ value }) => this.#step(Array.isArray(value) ? value.length : 1));
  }

  #prepareFilter({ operand, filter }: Filter): void {
    const name = filter.type === "CallExpression" ? filter.callee?.value : filter.value;
    let given: Value | undefined;
    if (!this.#asks.has(operand))
      this.#asks.set(operand, (value) => {
        given = value;
        if (name === "replace") this.#guard(value);
      });
    for (const argument of filter.args ?? []) {
      const node = argument.type === "KeywordArgumentExpression" ? (argument.value as Statement) : argument;
      if (this.#asks.has(node)) continue;
      this.#asks.set(node, (value) => {
        if (given === undefined) return;
        const { size, depth } = this.#measures.of(given);
        const held: unknown = given.value;
        if (name === "join") this.#allow(size + (Array.isArray(held) ? held.length : size) * textOf(value).length);
        const width = typeof value.value === "number" ? value.value : 0;
        if (name === "indent") this.#allow(width * occurrences(textOf(given), "\n") + size);
        if (name === "tojson") this.#allow(size + width * (depth + 1) * Math.ceil(size / itemSize));
      });
    }
  }

  /** Has the methods of a text that can make much of it ask first. */
  #guard(value: Value): void {
    if (typeof value.value !== "string" || this.#guarded.has(value)) return;
    this.#guarded.add(value);
    const text = value.value;
    this.#before(value, "replace", ([old, now]) => {
      this.#allow(text.length + occurrences(text, textOf(old)) * (textOf(now).length - textOf(old).length));
    });
    this.#before(value, "split", ([separator]) => {
      const parts = textOf(separator) === "" ? text.length / 2 : occurrences(text, textOf(separator));
      if (parts > this.#caps.range) this.#make(parts * newItemSize);
    });
  }

  #before(value: Value, method: string, ask: (args: readonly Value[]) => void): void {
    const found = value.builtins.get(method);
    if (typeof found?.value !== "function") return;
    const run = found.value as Call;
    found.value = (args, scope) => {
      ask(args);
      return run(args, scope);
    };
  }
}

interface Loop extends Statement {
  readonly iterable: Statement & { readonly lhs?: Statement };
}

interface Filter extends Statement {
  readonly operand: Statement;
  readonly filter: Statement & {
    readonly value?: string;
    readonly callee?: { readonly value?: string };
    readonly args?: readonly (Statement & { readonly value?: unknown })[];
  };
}
