import type { DType } from "../../../dtypes/dtype.ts";
import type { DeviceArray, Program } from "../program.ts";
import type { ArgumentType, GpuJsFunction } from "../library.ts";
import type { Constant, Shards } from "../storage.ts";
import { helpers, type HelperName } from "./helpers.ts";

/** From this many threads or elements on, a position divided as a float is no longer exact. */
const WIDE = 2 ** 21;

/** Loop bounds that appear in kernels: a power of four above the real one, which is an argument. */
function bucket(length: number): number {
  let bound = 16;
  while (bound < length) bound *= 4;
  return bound;
}

/**
 * Builds one kernel as the source string of a JavaScript function, in the subset that GPU.js translates.
 *
 * Sizes, strides and offsets are arguments, so that a kernel serves every shape of a kind; loop bounds are literals, as
 * GLSL ES 1.0 wants them, with a `break` at the real end. GPU.js turns `let i = <integer>` into a float, exact to 2^24
 * only; a variable that starts as 0 and is incremented stays an integer, which is what `int` writes.
 */
export class KernelText {
  readonly #length: number;
  readonly #names: string[] = [];
  readonly #types: (ArgumentType | "array")[] = [];
  readonly #values: (DeviceArray | Float32Array | number)[] = [];
  readonly #helpers = new Map<HelperName, GpuJsFunction>();
  readonly #lines: string[] = [];
  #wide: boolean;
  #locals = 0;
  #arrays = 0;

  /** @param length threads: elements of the output */
  constructor(length: number) {
    this.#length = length;
    this.#wide = length >= WIDE;
    this.argument("base", "Integer", 0);
    this.int("i", "this.thread.x + base");
  }

  /** Threads: elements of the output. */
  get length(): number {
    return this.#length;
  }

  /** Device arrays that the kernel reads. */
  get arrays(): number {
    return this.#arrays;
  }

  /** A scalar argument; gives its name. */
  argument(name: string, type: "Integer" | "Float", value: number): string {
    this.#names.push(name);
    this.#types.push(type);
    this.#values.push(value);
    return name;
  }

  /** A small array argument that travels with the call; gives its name. */
  table(name: string, values: Float32Array): string {
    this.#names.push(name);
    this.#types.push("Input");
    this.#values.push(values);
    this.#arrays++;
    return name;
  }

  /** A line of the body. */
  line(text: string): void {
    this.#lines.push(text);
  }

  /** An integer variable; gives its name. */
  int(name: string, value: string): string {
    this.line(`let ${name} = 0; ${name}++; ${name} = ${value};`);
    return name;
  }

  /** A float variable; gives its name. */
  float(name: string, value: string): string {
    this.line(`let ${name} = ${value};`);
    return name;
  }

  /** A name for a variable that nobody else uses. */
  local(prefix: string): string {
    return `${prefix}${this.#locals++}`;
  }

  /** `for (k = 0; k < limit; k++)`, `limit` being an integer argument that holds `length`. */
  loop(k: string, length: number, limit: string, body: () => void): void {
    this.line(`for (let ${k} = 0; ${k} < ${bucket(length)}; ${k}++) { if (${k} >= ${limit}) { break; }`);
    body();
    this.line("}");
  }

  /** A call of a helper function, as an expression. */
  call(name: HelperName, ...args: readonly string[]): string {
    this.#need(name);
    return `${name}(${args.join(", ")})`;
  }

  /** ⌊a / b⌋ of integers a ≥ 0, b > 0, as an integer expression. */
  div(a: string, b: string): string {
    return this.#wide ? this.call("divideWide", a, b) : this.call("divide", a, b);
  }

  /** An input: element `index` (an integer expression) of what a storage holds, as an expression. */
  input(name: string, content: Shards | Constant): (index: string) => string {
    if (content.kind === "constant") {
      this.argument(name, "Float", content.value);
      return () => name;
    }
    const { arrays, encoding, table, shardLength, length } = content;
    if (length >= WIDE) this.#wide = true;
    const names = arrays.map((array, shard) => {
      this.#array(`${name}${shard}`, array);
      return `${name}${shard}`;
    });
    const tableName = table && this.decodeTable(encoding.name, table);
    const [first = name, ...rest] = names;
    if (rest.length === 0 && tableName === null) return (index) => `${first}[${index}]`;
    const shard = rest.length > 0 ? this.argument(`${name}Shard`, "Integer", shardLength) : "";
    return (index) => {
      const at = this.int(this.local("at"), index);
      const value = this.float(this.local("v"), this.#element(first, at, tableName));
      rest.forEach((array, k) => {
        // Only the shard that holds the position is read, at its place in there.
        this.line(`if (${at} >= ${k + 1} * ${shard}) {`);
        const within = this.int(this.local("at"), `${at} - ${k + 1} * ${shard}`);
        this.line(`${value} = ${this.#element(array, within, tableName)};`);
        this.line("}");
      });
      return value;
    };
  }

  /** Ends the kernel with its result in the dtype of the output; `value` is an f32 expression, 0 or 1 for bool. */
  result(value: string, dtype: DType): void {
    this.line(`return ${this.rounded(value, dtype)};`);
  }

  /** An expression rounded as the dtype stores numbers. */
  rounded(value: string, dtype: DType): string {
    return dtype === "f16" ? this.call("roundF16", value) : dtype === "bf16" ? this.call("roundBf16", value) : value;
  }

  /** The kernel for the threads from `base` on. */
  program(base: number): Program {
    return {
      source: `function kernel(${this.#names.join(", ")}) {\n${this.#lines.join("\n")}\n}`,
      functions: [...this.#helpers.values()],
      types: this.#types,
      values: this.#values.with(0, base),
    };
  }

  #element(array: string, at: string, table: string | null): string {
    if (table === null) return `${array}[${at}]`;
    const pair = this.int(this.local("pair"), this.div(at, this.#three()));
    const place = this.int(this.local("place"), `${at} - 3 * ${pair}`);
    // One lookup per line: GPU.js hoists lookups out of lookups, twice under one name.
    const first = this.float(this.local("packed"), `${array}[2 * ${pair}]`);
    const second = this.float(this.local("packed"), `${array}[2 * ${pair} + 1]`);
    const pattern = this.float(this.local("pattern"), this.call("unpack", first, second, place));
    return `${table}[${pattern}]`;
  }

  /** The table that decodes 16-bit patterns, as an argument; gives its name. */
  decodeTable(encoding: string, table: DeviceArray): string {
    const name = `${encoding}Table`;
    if (!this.#names.includes(name)) this.#array(name, table);
    return name;
  }

  #array(name: string, array: DeviceArray): void {
    this.#names.push(name);
    this.#types.push("array");
    this.#values.push(array);
    this.#arrays++;
  }

  /** 3 as an integer argument: GPU.js takes a literal for a float where it can. */
  #three(): string {
    return this.#names.includes("three") ? "three" : this.argument("three", "Integer", 3);
  }

  #need(name: HelperName): void {
    if (this.#helpers.has(name)) return;
    const { source, argumentTypes, returnType, uses } = helpers[name];
    for (const other of uses) this.#need(other as HelperName);
    this.#helpers.set(name, { source, settings: { name, argumentTypes, returnType } });
  }
}
