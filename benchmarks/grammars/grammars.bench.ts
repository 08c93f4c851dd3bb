import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { PeerMissing } from "../peers/player.ts";
import { conditions, digits, type Report } from "../report.ts";
import { Contender } from "./contender.ts";
import type { SchemaOutcome } from "./grammar-engine.ts";
import { llama3TokenizerVersion } from "./llama3-tokenizer.ts";
import { schemaFolder, schemaNames } from "./schema-files.ts";
import { summarise, type Summary } from "./summarise.ts";
import { webXGrammarVersion } from "./web-xgrammar.ts";

/** What the benchmark found. */
export interface GrammarsReport extends Pick<
  Report,
  "benchmark" | "date" | "machine" | "busyCores" | "versions" | "missing"
> {
  readonly summaries: readonly Summary[];
}

const results = new URL("../results/", import.meta.url);

/**
 * The schemas of jsonschemabench on Llama 3's vocabulary: time to compile each, and for each token of its valid instances time to
 * find the mask and take the token; how many schemas are taken, and how many instances are judged as the benchmark judges
 * them. Beside it XGrammar as WebAssembly, on every n-th schema since it takes longer.
 *
 * @param args `--every N` and `--peer-every N` schemas, `--only TEXT` (files whose name has it); a part is saved only with
 *   `--save`
 */
export async function grammarsBenchmark(name: string, args: readonly string[]): Promise<void> {
  const options = {
    every: { type: "string" },
    "peer-every": { type: "string", default: "25" },
    only: { type: "string", default: "" },
    save: { type: "boolean", default: false },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  const folder = schemaFolder();
  const before = await conditions();
  const names = schemaNames(folder).map((file, index) => ({ file, index }));
  const wanted = names.filter(({ file }) => file.includes(values.only));
  const every = Number(values.every ?? 1);
  const peerEvery = Number(values["peer-every"]);
  const all = wanted.filter((_, index) => index % every === 0);
  const sample = all.filter((_, index) => index % Math.max(1, Math.round(peerEvery / every)) === 0);
  const versions: Record<string, string> = { tokenizer: llama3TokenizerVersion() };
  const missing: Report["missing"][number][] = [];

  const ours = await readAll("ours", folder, all);
  const summaries = [
    summarise("helium-lm", setName(every), ours),
    summarise(
      "helium-lm",
      setName(peerEvery),
      ours.filter((outcome) => sample.some(({ file }) => file === outcome.name)),
    ),
  ];
  try {
    versions["web-xgrammar"] = webXGrammarVersion();
    if (peerEvery > 0)
      summaries.push(summarise("web-xgrammar", setName(peerEvery), await readAll("web-xgrammar", folder, sample)));
  } catch (error) {
    if (!(error instanceof PeerMissing)) throw error;
    missing.push({ contender: "web-xgrammar", reason: error.message });
  }
  for (const summary of summaries) print(summary);
  if ((values.every !== undefined || values.only !== "") && !values.save) return;
  const { machine, busyCores } = before;
  const report: GrammarsReport = {
    benchmark: name,
    date: new Date().toISOString(),
    machine,
    busyCores,
    versions,
    missing,
    summaries,
  };
  mkdirSync(results, { recursive: true });
  writeFileSync(new URL(`${name}.json`, results), `${JSON.stringify(report, null, 2)}\n`);
}

const setName = (every: number): string => (every === 1 ? "all" : `every ${every}th`);

async function readAll(
  name: string,
  folder: string,
  files: readonly { readonly file: string; readonly index: number }[],
): Promise<readonly SchemaOutcome[]> {
  const contender = new Contender(name, folder);
  const outcomes: SchemaOutcome[] = [];
  let said = performance.now();
  for (const { file, index } of files) {
    outcomes.push(await contender.read(index, file));
    if (performance.now() - said < 10_000) continue;
    said = performance.now();
    console.log(`  ${name}: ${outcomes.length} of ${files.length} schemas`);
  }
  console.log(`  ${name}: ${(contender.peakBytes() / 2 ** 20).toFixed(0)} MiB at most`);
  await contender.close();
  return outcomes;
}

function print({
  contender,
  schemas,
  total,
  compiled,
  refused,
  failed,
  compile,
  token,
  valid,
  invalid,
  ...found
}: Summary): void {
  const counted = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .slice(0, 15)
      .map(([key, count]) => `${key} ${count}`)
      .join(", ") || "none";
  const times = (of: Summary["token"]): string =>
    Object.entries(of)
      .map(([key, value]) => `${key} ${key === "count" ? value : digits(value)}`)
      .join("  ");
  console.log(`${contender}, ${schemas}: ${compiled} of ${total} schemas compiled`);
  console.log(`  refused: ${counted(refused)}`);
  console.log(`  failed: ${counted(failed)}`);
  console.log(`  compile, ms: ${times(compile)}`);
  console.log(`  mask and step, µs: ${times(token)}`);
  console.log(
    `  valid accepted: ${valid.agreed} of ${valid.instances}; not in ${found.validRefused.slice(0, 8).join(" ")}`,
  );
  console.log(
    `  invalid refused: ${invalid.agreed} of ${invalid.instances}; not in ${found.invalidAccepted.slice(0, 8).join(" ")}`,
  );
  console.log(
    `  slowest: ${found.slowest
      .slice(0, 8)
      .map(({ name, token: most }) => `${name} ${digits(most)}`)
      .join(", ")}`,
  );
}
