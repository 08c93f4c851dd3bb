import { NOISE_FACTOR } from "./compare-model.ts";
import { explanations, type ExplanationKey } from "./explanations.ts";
import { dtypeNames, type SoakSummary } from "./summary.ts";

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;
const rule = (length: number): string => row(Array.from({ length }, () => "---"));

/** The comparison over random configs as a section of docs/parity.md. */
export function soakSection(summary: SoakSummary): readonly string[] {
  const { versions, seeds, backends, models, refusedByTransformers, comparisons, missing, unexplained } = summary;
  return [
    "## Random configs",
    "",
    `Written by \`npm run soak -- parity\` with ${versions}: seeds ${seeds.join(", ")}, ${models} models of every family and`,
    `head, ${comparisons} comparisons on ${backends.join(", ")}; ${unexplained.length} of them are mismatches without an explanation.`,
    "Configs are drawn over every key that transformers declares for a family, in old and new spelling, with keys left out and",
    `null (transformers itself refused ${refusedByTransformers} more). Each model is run on ids, padded rows, over a cache in several`,
    "passes, with positions of its own (offsets, packed rows, any order), and on embeddings in place of ids.",
    "",
    "What is compared with is transformers in float64, norms, angles and softmax included. A difference counts as a mismatch",
    `above ${NOISE_FACTOR} × (the noise + ε · the largest output), where the noise is the largest difference between transformers' own`,
    "float32, or bfloat16, and its float64 (of this comparison or the median of the model's, whichever is larger), and ε is 2⁻²³",
    "or 2⁻⁷. The numbers below are differences as a share of that limit: above 1 is a mismatch. `f32` and `bf16 weights` compute",
    "in float32 over weights stored in either, and are held to transformers' float32; `bf16` has `computeDType` and `kvDType` bf16 too, and is held to its bfloat16. The cache of the",
    "first two is float32; by default wasm rounds keys and values to bf16 or f16. Outputs at padding mean nothing and are left out.",
    "Gemma and Gemma 2 with `use_bidirectional_attention` are held to the masks that flash attention applies: transformers passes the key",
    "to the attention function alone, and its eager attention stays causal (scripts/reference/random_models.py).",
    "",
    ...familyTable(summary),
    "",
    "The worst rows that are no mismatch:",
    "",
    row(["model", "seed", "backend", "dtype", "input", "difference", "share of the limit"]),
    rule(7),
    ...summary.worst.map(({ model, seed, backend, dtype, variant, difference, ratio }) =>
      row([model, seed, backend, dtype, variant, difference?.toExponential(1) ?? "–", ratio ?? "–"]),
    ),
    "",
    "Known differences, with the comparisons that they explain:",
    "",
    ...(Object.keys(explanations) as ExplanationKey[]).map(
      (key) => `- **${key}** (${summary.explained[key] ?? 0}): ${explanations[key].text}`,
    ),
    "",
    `Not compared: heads that transformers has no class for (${missing.join(", ")}), and question answering, which this`,
    "library has no head for.",
    ...(summary.undrawn.length > 0 ? [`Keys that no model had: ${summary.undrawn.join(", ")}.`] : []),
    "",
  ];
}

/** One row per family: comparisons and mismatches on each backend, the worst share per dtype on each. */
function familyTable({ cells, backends }: SoakSummary): readonly string[] {
  const columns = dtypeNames.flatMap((dtype) => backends.map((backend) => `${dtype}: ${backend}`));
  const rows = Object.entries(cells).map(([family, heads]) => {
    const of = (dtype?: string): readonly (readonly number[])[] =>
      Object.values(heads).flatMap((dtypes) =>
        Object.entries(dtypes).flatMap(([name, variants]) =>
          dtype === undefined || dtype === name ? Object.values(variants) : [],
        ),
      );
    const total = (index: number): number => of().reduce((sum, numbers) => sum + (numbers[index] ?? 0), 0);
    const worst = dtypeNames.flatMap((dtype) =>
      backends.map((_, i) => Math.max(...of(dtype).map((numbers) => numbers[i + 2] ?? 0)).toFixed(2)),
    );
    return row([family, Object.keys(heads).length, total(0), total(1), ...worst]);
  });
  return [row(["family", "heads", "compared", "explained", ...columns]), rule(4 + columns.length), ...rows];
}
