import { inspect } from "node:util";
import { transform } from "esbuild";

type AsyncBody = (...values: readonly unknown[]) => Promise<void>;
const AsyncFunction = (async () => undefined).constructor as new (...names: string[]) => AsyncBody;

/** A line `console.log(…); // text` and what it printed. */
export interface Printed {
  readonly expected: string;
  readonly given: string;
}

/**
 * Runs the code of an example, in which all `names` are there without an import. Of the lines `console.log(…); // text` it
 * returns both texts; what others print is dropped.
 */
export async function runExample(code: string, names: Readonly<Record<string, unknown>>): Promise<readonly Printed[]> {
  const printed: Printed[] = [];
  // The comment goes in as a first argument; imports are of names that are there.
  const marked = code
    .replace(/^import [^;]*;$/gm, "")
    .replaceAll("import.meta.url", JSON.stringify(import.meta.url))
    .replace(/^(\s*)console\.log\((.*)\); \/\/ (.*)$/gm, (_, indent: string, value: string, text: string) =>
      [indent, `expectPrinted(${JSON.stringify(text)}, ${value});`].join(""),
    );
  const { code: program } = await transform(`async function example() {\n${marked}\n}`, {
    loader: "ts",
    target: "es2022",
  });
  const all: Record<string, unknown> = {
    ...names,
    console: { log: () => undefined },
    process: { stdout: { write: () => true } },
    expectPrinted: (expected: string, value: unknown) =>
      printed.push({ expected, given: typeof value === "string" ? value : inspect(value) }),
  };
  await new AsyncFunction(...Object.keys(all), `${program}\nawait example();`)(...Object.values(all));
  return printed;
}
