import { readSchemaFile, spacedJson } from "./schema-files.ts";

/** What makes masks out of schemas, ours or a peer's. */
export interface GrammarEngine {
  /** The ids of a text, as all engines get them. */
  encode(text: string): readonly number[];
  /** @throws RefusedSchema for one that it does not take */
  compile(schema: unknown): Promise<CompiledSchema>;
}

export interface CompiledSchema {
  /** At the start of a text. */
  matcher(): Promise<Matcher>;
  dispose(): void;
}

export interface Matcher {
  /** Finds the mask of the next token and takes the token; false where it may not come. */
  take(token: number): Promise<boolean>;
  /** Whether the text may end. */
  mayEnd(): Promise<boolean>;
  dispose(): void;
}

/** A schema that an engine says it does not take; any other error is a failure. */
export class RefusedSchema extends Error {
  /** What it is refused for. */
  readonly keyword: string;

  constructor(keyword: string, message: string) {
    super(message);
    this.keyword = keyword;
  }
}

/** What became of one schema. */
export interface SchemaOutcome {
  readonly name: string;
  /** Milliseconds, also where it was refused. */
  readonly compile: number;
  /** The keyword of a refusal. */
  readonly refused?: string;
  /** The message of any other error, or "timeout". */
  readonly failed?: string;
  /** Microseconds of each token's mask and step, of valid instances as far as they were accepted. */
  readonly tokens: readonly number[];
  readonly valid: Agreement;
  readonly invalid: Agreement;
}

/** Instances of one kind, and how many the engine judges as the benchmark does. */
export interface Agreement {
  readonly instances: number;
  readonly agreed: number;
}

/** Compiles a file's schema and reads its instances through it. */
export async function readSchema(engine: GrammarEngine, folder: string, name: string): Promise<SchemaOutcome> {
  const { schema, tests } = readSchemaFile(folder, name);
  const tokens: number[] = [];
  const counts = { valid: { instances: 0, agreed: 0 }, invalid: { instances: 0, agreed: 0 } };
  const start = performance.now();
  let compile: number | null = null;
  try {
    const compiled = await engine.compile(schema);
    compile = performance.now() - start;
    for (const { valid, data } of tests) {
      const ids = engine.encode(spacedJson(data));
      const matcher = await compiled.matcher();
      const isAccepted = await readInstance(matcher, ids, valid ? tokens : []);
      matcher.dispose();
      const count = valid ? counts.valid : counts.invalid;
      count.instances++;
      if (isAccepted === valid) count.agreed++;
    }
    compiled.dispose();
    return { name, compile, tokens, ...counts };
  } catch (error) {
    compile ??= performance.now() - start;
    const outcome = { name, compile, tokens, ...counts };
    if (error instanceof RefusedSchema) return { ...outcome, refused: error.keyword };
    return { ...outcome, failed: error instanceof Error ? error.message.slice(0, 300) : String(error) };
  }
}

async function readInstance(matcher: Matcher, ids: readonly number[], times: number[]): Promise<boolean> {
  for (const id of ids) {
    const start = performance.now();
    const isTaken = await matcher.take(id);
    times.push(Number(((performance.now() - start) * 1000).toFixed(2)));
    if (!isTaken) return false;
  }
  return matcher.mayEnd();
}
