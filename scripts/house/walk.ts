/**
 * `node --import <root>scripts/workspace-sources.ts scripts/house/walk.ts <root>`: the source files that lie between
 * `generate` and a kernel, as JSON: those of the deepest call stack on which a kernel of the cpu backend ran while a tiny
 * model wrote two tokens. V8 goes on through awaited calls.
 */
import { pathToFileURL } from "node:url";

/** The parts that are used of either repository's library. */
interface Library {
  readonly AutoModelForCausalLM: {
    fromPretrained(
      folder: string,
      options: { readonly backend: object },
    ): Promise<{ generate(options: object): Promise<unknown>; dispose(): void }>;
  };
}
interface KernelEntry {
  readonly run: (...args: readonly unknown[]) => unknown;
}
interface Tensors {
  readonly createBackend: (
    name: string,
  ) => Promise<{ readonly kernels: Record<string, readonly KernelEntry[]>; dispose(): void }>;
}

const [root = ""] = process.argv.slice(2);
const load = (path: string): Promise<unknown> => import(pathToFileURL(`${root}packages/${path}`).href);
const { createBackend } = (await load("tensor/src/index.ts")) as Tensors;
const { AutoModelForCausalLM } = (await load("helium/src/index.ts")) as Library;

Error.stackTraceLimit = Infinity;
let deepest: readonly string[] = [];

/** Files of the stack, the outermost first, each once. */
const filesOf = (stack: string): readonly string[] => [
  ...new Set(
    [...stack.matchAll(/packages\/(\w+\/src\/[\w./-]+\.ts)/g)]
      .map(([, file = ""]) => file.replace("/src", ""))
      .reverse(),
  ),
];

const backend = await createBackend("cpu");
for (const [name, entries] of Object.entries(backend.kernels)) {
  backend.kernels[name] = entries.map((entry) => ({
    ...entry,
    run: (...args: readonly unknown[]): unknown => {
      const files = filesOf(new Error().stack ?? "");
      if (files.length > deepest.length) deepest = [...files, `the kernel of ${name}`];
      return entry.run(...args);
    },
  }));
}
const model = await AutoModelForCausalLM.fromPretrained(`${root}fixtures/models/llama/causal`, { backend });
await model.generate({ inputIds: [[1, 5, 9]], maxNewTokens: 2 });
model.dispose();
backend.dispose();
console.log(JSON.stringify(deepest));
