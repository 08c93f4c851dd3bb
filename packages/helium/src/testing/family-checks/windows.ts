import { reshape, Rng, scope, tensor, type Tensor } from "@helium-lm/tensor";
import { CheckpointWeights } from "@helium-lm/nn";
import { DecoderBlock } from "../../model/decoder-block.ts";
import { uncachedContext } from "../../model/uncached-context.ts";
import { blockConfig, ropeTables } from "../../model/block-config.ts";
import { Mismatch, allowance, row, take, type Values } from "../compare.ts";
import { sees } from "../f64/attention.ts";
import type { DrawnModel } from "../drawn-model.ts";

/** Positions of the probe: twice as many as the largest drawn window. */
const T = 12;
/** A distance counts as not seen when it shows at none of at least this many pairs of positions. */
const MIN_PAIRS = 4;

/**
 * In each layer, changing the input at position s changes the output at t only where t sees s; and at every distance
 * within the window some output does change. Layers are run one by one, since stacked windows add up.
 */
export async function checkWindows(drawn: DrawnModel): Promise<void> {
  const { traits } = drawn.config;
  const reader = await drawn.source("base").openWeights();
  const source = new CheckpointWeights(drawn.backend, reader);
  for (let layer = 0; layer < traits.numHiddenLayers; layer++) {
    const config = blockConfig(traits, layer);
    // Softer scores keep distant keys from vanishing in rounding.
    const attention = { ...config.attention, scale: Math.min(config.attention.scale, traits.headDim ** -0.5) };
    const block = await DecoderBlock.load(source.at(`${traits.weights.layers}.${layer}`), { ...config, attention });
    try {
      compareProbes(drawn, layer, await probe(drawn, block, layer));
    } finally {
      block.dispose();
    }
  }
}

/** Output of a block for T + 1 rows: one as it is, and one for each position s with the input there replaced. */
function probe(drawn: DrawnModel, block: DecoderBlock, layer: number): Promise<Values> {
  const { hiddenSize: C, rope } = drawn.config.traits;
  const rng = new Rng(drawn.draw.seed);
  const plain = Array.from({ length: T * C }, () => rng.normal());
  const replaced = (s: number): number[] => plain.map((value, i) => (Math.floor(i / C) === s ? rng.normal() : value));
  const rows = [plain, ...Array.from({ length: T }, (_, s) => replaced(s))];
  const rotary = ropeTables(drawn.config.traits)[rope.setOf[layer] ?? -1];
  const output = scope((): Tensor => {
    const x = tensor(drawn.backend, rows.flat(), { shape: [(T + 1) * T, C] });
    const context = uncachedContext(drawn.backend, rotary, { batch: T + 1, length: T });
    return reshape(block.forward(x, context).output, [T + 1, T, C]);
  });
  return take(output);
}

function compareProbes(drawn: DrawnModel, layer: number, output: Values): void {
  const { traits } = drawn.config;
  const seenAt = new Set<number>();
  const visibleAt = new Set<number>();
  for (let s = 0; s < T; s++) {
    for (let t = 0; t < T; t++) {
      if (s === t) continue;
      const [before, after] = [row(row(output, 0), t), row(row(output, s + 1), t)];
      const changed = differs(drawn, before, after);
      const visible = sees(traits, layer, t, s);
      if (changed && !visible)
        throw new Mismatch(
          `layer ${layer}: position ${t} changes with position ${s}, which it must not see ` +
            `(window ${traits.window[layer] ?? "none"}, ${traits.causal ? "causal" : "bidirectional"})`,
        );
      if (visible && T - Math.abs(t - s) >= MIN_PAIRS) visibleAt.add(t - s);
      if (changed) seenAt.add(t - s);
    }
  }
  const missed = [...visibleAt].find((distance) => !seenAt.has(distance));
  if (missed !== undefined)
    throw new Mismatch(
      `layer ${layer}: no position changes with the one ${missed} before it, which it must see ` +
        `(window ${traits.window[layer] ?? "none"})`,
    );
}

function differs({ context }: DrawnModel, a: Values, b: Values): boolean {
  const allowed = context.bitExactRows ? 0 : allowance(a);
  return Array.from(a.data).some((value, i) => Math.abs(value - (b.data[i] ?? NaN)) > allowed);
}
