import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AutoModelForCausalLM, AutoTokenizer, type LoadOptions } from "@helium-lm/helium";
import { format } from "prettier";
import { modelsFolder } from "../peers/cache-folder.ts";
import { PeerMissing } from "../peers/player.ts";
import { nextTokenDifference } from "./next-token-difference.ts";
import { passage } from "./passage.ts";
import { roundedActivationsPage, type ActivationRow } from "./rounded-activations-page.ts";
import { saveComparison } from "./save-comparison.ts";

const nano = fileURLToPath(new URL("../../models/helium-nano", import.meta.url));
const page = new URL("../../docs/rounded-activations.md", import.meta.url);

/** A model with its matrices in one format. */
interface Subject {
  readonly model: string;
  readonly format: string;
  readonly path: string;
  readonly dtype?: LoadOptions["dtype"];
}

interface Run {
  readonly ids: readonly number[];
  /** `[T, V]` */
  readonly logits: Float32Array;
}

/**
 * What the rounding of activations costs: a text's next-token distributions on wasm, which rounds them where weights are in
 * blocks, beside those on cpu, which does not, with the same weights. For scale, the format's own cost: cpu with these
 * weights beside cpu with those that they were made of. Writes docs/rounded-activations.md.
 */
export async function roundedActivations(name: string): Promise<void> {
  const smollm2 = (type: string): string => join(modelsFolder, `smollm2-135m-${type}.gguf`);
  const groups: readonly (readonly Subject[])[] = [
    (["f32", "q8_0", "q4_0", "q4_K"] as const).map((dtype) => ({
      ...{ model: "helium-nano", format: dtype, path: nano, dtype },
    })),
    ["F16", "Q8_0", "Q4_0", "Q4_K_M"].map((type) => ({ model: "SmolLM2-135M", format: type, path: smollm2(type) })),
  ];
  const rows: ActivationRow[] = [];
  for (const [whole, ...packed] of groups) {
    if (whole === undefined) continue;
    if (!existsSync(whole.path))
      throw new PeerMissing(whole.model, "is not in the benchmark cache; run `npm run bench -- write-models`");
    const unpacked = await run(whole, "cpu");
    for (const subject of [whole, ...packed]) {
      const isWhole = subject === whole;
      const exact = isWhole ? unpacked : await run(subject, "cpu");
      const rounded = await run(subject, "wasm");
      const row = {
        ...{ model: subject.model, format: subject.format },
        wasm: nextTokenDifference(exact.logits, rounded.logits, exact.ids),
        weights: isWhole ? null : nextTokenDifference(unpacked.logits, exact.logits, exact.ids),
      };
      rows.push(row);
      console.log(JSON.stringify(row));
    }
  }
  saveComparison(name, { rows });
  writeFileSync(page, await format(roundedActivationsPage(rows), { parser: "markdown", printWidth: 120 }));
}

/** Logits of the passage in one pass, keys and values in f32. */
async function run({ path, dtype }: Subject, backend: string): Promise<Run> {
  const tokenizer = await AutoTokenizer.fromPretrained(path);
  const ids = tokenizer.encode(passage);
  using model = await AutoModelForCausalLM.fromPretrained(path, { backend, kvDType: "f32", ...(dtype && { dtype }) });
  using logits = model.forward({ inputIds: [ids] }).logits;
  return { ids, logits: Float32Array.from(await logits.data(), Number) };
}
