import type { KvRow } from "./accuracy/kv-dtypes.bench.ts";
import { digits, QUIET, type Report } from "./report.ts";

/** What `npm run bench -- kv-dtypes` found. */
export interface KvDivergences {
  readonly date: string;
  readonly machine: { readonly commit: string | null };
  readonly models: readonly { readonly model: string; readonly tokens: number; readonly rows: readonly KvRow[] }[];
}

const bytes: Readonly<Record<KvRow["kvDType"], string>> = { f32: "4", f16: "2", bf16: "2", q8_0: "1 + 4/D" };

/** docs/kv-cache.md: what storage of keys and values changes, and what it costs; speeds once they were measured. */
export function kvPage(found: KvDivergences, speed: Report | null): string {
  return `# Keys and values

<!-- Written by scripts/tables/kv-table.ts from benchmarks/results; run the benchmarks and the script again instead. -->

\`kvDType\` of \`fromPretrained\`, \`generate\` and \`createCache\`, \`--kv-dtype\` of the command. Where nobody asks, \`wasm\` keeps
f16 for texts of up to 2,048 tokens and q8_0 for longer ones; an engine with \`maxTokens\` decides by those, a cache of
\`createCache({ slots })\` by its slots. Other backends keep f32. A pool's numbers do not depend on how a prompt is cut into
passes, to the last bit, in any storage.

f16 holds up to 65,504. A model with larger keys or values gets infinities, and an error that says that its logits are not
finite; \`kvDType: "bf16"\` has the range of f32.

## What it changes

Beside f32 keys and values, on \`wasm\`, after every token of three texts: Kullback-Leibler divergence in nats, how often the
likeliest token is the same and the largest lead it had where it is not, the largest difference of any logit, and greedy
texts of 64 tokens that stay the same to their end. \`npm run bench -- kv-dtypes\`, ${found.date.slice(0, 10)}, commit
${found.machine.commit ?? "none"}.

${table(
  [
    "model",
    "storage",
    "bytes a number",
    "KL, mean",
    "KL, most",
    "first choice",
    "lead",
    "logits",
    "greedy texts",
    "their tokens before they part",
  ],
  found.models.flatMap(({ model, tokens, rows }) =>
    rows.map((row) => divergenceCells(`${model}, ${tokens} tokens`, row)),
  ),
)}

## What it costs

${speed ? speeds(speed) : "Not measured yet: `npm run bench -- kv-speed`."}
`;
}

function divergenceCells(model: string, row: KvRow): readonly string[] {
  const { kvDType, meanKl, maxKl, agreement, widestLead, maxLogitDifference, greedy } = row;
  if (kvDType === "f32")
    return [model, "f32", bytes.f32, "0", "0", "100 %", "–", "0", `${greedy.texts} of ${greedy.texts}`, "all"];
  return [
    model,
    kvDType,
    bytes[kvDType],
    meanKl.toExponential(1),
    maxKl.toExponential(1),
    `${(100 * agreement).toFixed(2)} %`,
    agreement === 1 ? "–" : widestLead.toFixed(4),
    maxLogitDifference.toFixed(3),
    `${greedy.equal} of ${greedy.texts}`,
    greedy.equal === greedy.texts ? "all" : `${greedy.equalTokens} of ${greedy.texts * greedy.of}`,
  ];
}

function speeds({ date, machine, busyCores, results }: Report): string {
  const tests = [...new Set(results.map(({ test }) => test))];
  const kinds = [...new Set(results.map(({ contender }) => contender))];
  const rows = tests.map((test) => {
    const of = results.filter((result) => result.test === test);
    const base = of.find(({ contender }) => contender === "f16")?.best ?? NaN;
    const cell = (contender: string): string => {
      const one = of.find((result) => result.contender === contender);
      return one ? `${digits(one.best)} (${(one.best / base).toFixed(2)})` : "–";
    };
    return [test, of[0]?.unit ?? "", ...kinds.map(cell)];
  });
  const busy = busyCores > QUIET ? " The machine was busy: the figures say little." : "";
  return `Speed, and in brackets as a multiple of f16's. \`npm run bench -- kv-speed\`, ${date.slice(0, 10)}, ${machine.cpu}, ${machine.cores}
cores, Node ${machine.node}, commit ${machine.commit ?? "none"}.${busy}

${table(["test", "unit", ...kinds], rows)}`;
}

const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
