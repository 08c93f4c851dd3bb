/** `node grammar-child.ts <contender> <folder>`: answers `schema N` with what became of the N-th file. */
import { serveLines } from "../peers/serve-lines.ts";
import { readSchema, type GrammarEngine } from "./grammar-engine.ts";
import { ourEngine } from "./our-engine.ts";
import { schemaNames } from "./schema-files.ts";
import { webXGrammar } from "./web-xgrammar.ts";

const engines: Readonly<Record<string, () => Promise<GrammarEngine>>> = {
  ours: ourEngine,
  "web-xgrammar": webXGrammar,
};
const [contender = "", folder = ""] = process.argv.slice(2);

await serveLines(async () => {
  const engine = await engines[contender]?.();
  if (engine === undefined) throw new RangeError(`unknown contender ${contender}`);
  const names = schemaNames(folder);
  return { commands: { schema: async (index = 0) => readSchema(engine, folder, names[index] ?? "") } };
});
