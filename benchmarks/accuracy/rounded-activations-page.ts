import type { NextTokenDifference } from "./next-token-difference.ts";

/** A model with its matrices in one format. */
export interface ActivationRow {
  readonly model: string;
  readonly format: string;
  /** wasm beside cpu, the same weights. */
  readonly wasm: NextTokenDifference;
  /** On cpu: these weights beside the unpacked ones; null for those. */
  readonly weights: NextTokenDifference | null;
}

const small = (value: number): string => (value === 0 ? "0" : value.toPrecision(2));
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const cells = ({ model, format, wasm, weights }: ActivationRow): readonly string[] => [
  model,
  format,
  String(wasm.tokens),
  small(wasm.meanKl),
  small(wasm.worstKl),
  small(wasm.logits),
  percent(wasm.sameFirst),
  wasm.sameFirst === 1 ? "–" : small(wasm.widestLead),
  ...wasm.perplexity.map((value) => value.toFixed(3)),
  ...(weights === null ? ["–", "–"] : [small(weights.meanKl), percent(weights.sameFirst)]),
];

const header = [
  ...[
    "model",
    "matrices",
    "tokens",
    "mean KL",
    "worst KL",
    "logits differ by",
    "same first choice",
    "widest lead lost",
  ],
  ...["perplexity, cpu", "perplexity, wasm", "format: mean KL", "format: same first choice"],
];

/** docs/rounded-activations.md */
export function roundedActivationsPage(rows: readonly ActivationRow[]): string {
  const table = [header, header.map(() => "---"), ...rows.map(cells)].map((row) => `| ${row.join(" | ")} |`).join("\n");
  return `# Rounded activations

Written by \`npm run bench -- rounded-activations\`.

A product with block-quantised weights is computed in one of two ways:

| backend | activations in a product with block-quantised weights |
|---|---|
| \`wasm\` | rounded to integers, each run of 32 by its own scale: to 8 bits (scale = largest \\|x\\| / 127), and to 16 bits (/ 32767) where the weights are \`q8_0\`; products and sums of a block are exact integers |
| \`cpu\`, \`reference\` | not rounded: blocks are multiplied out, and products are those of f32 (\`cpu\`) or f64 (\`reference\`) |
| \`gpujs\` | not rounded: packed blocks (\`q8_0\`, \`q4_0\`) are multiplied out in the shader, others while they are loaded |
| \`webgpu\` | not rounded: blocks are multiplied out in the shader. With \`activations: "rounded"\`, on a graphics card, as \`wasm\` (16 bits: / 32639) in products of more than eight rows with \`q4_0\` and \`q8_0\` |

So \`wasm\` and \`cpu\` give different logits for one quantised model, and near ties may fall either way; llama.cpp rounds
activations to 8 bits too, in its own way. Matrices in f32, f16 and bf16 are multiplied with activations as they are, on
every backend, and so is everything that is no matrix. Threads, batch and code (plain, relaxed, wide) change nothing about
the rounding.

What it costs, over an English text of four paragraphs, read in one pass with keys and values in f32: the next-token
distributions of \`wasm\` beside those of \`cpu\` with the same weights. KL is KL(cpu ‖ wasm) in nats; the widest lead lost is
cpu's lead, in logits, of its first choice over its second where wasm's first choice is another. The last two columns give
the cost of the format itself for scale: \`cpu\` with these weights beside \`cpu\` with those of the model's first row
(bf16 weights in f32 for helium-nano; the F16 file for SmolLM2, whose weights are those of its real Q4_1 file).

${table}
`;
}
