import type { Kernel } from "../../../../contract/kernels.ts";
import { dtypes } from "../../../../dtypes/dtype.ts";
import { partOf, type KernelContext } from "../../kernel-context.ts";
import { joinSplits } from "./join-splits.ts";
import { planAttention } from "./sizes.ts";
import { attentionShader, attentionWords } from "./tiles.ts";

/**
 * Attention over pages: tile by tile of 64 keys with a running maximum and sum (Dao et al., FlashAttention, 2022). Where there are
 * few rows, several workgroups share the keys of one, and a second kernel joins what they found.
 */
export const createAttention =
  (context: KernelContext): Kernel<"attention"> =>
  (out, inputs, params) =>
    context.scoped(() => {
      const { q, keys, values, tables, queryStarts, lengths, mask, keyScales, valueScales } = inputs;
      const [N, H, D] = q.layout.shape;
      const [, K] = keys.layout.shape;
      const Dv = values.layout.shape[3];
      const plan = planAttention(inputs);
      // Of each row and split the mixed values, then maximum and sum.
      const isSplit = plan.splits > 1;
      const target = isSplit ? context.temporary(4 * N * H * plan.splits * (Dv + 2)) : out;
      // What the tables name: no host sees how much of it the sequences fill.
      const slots = tables.layout.shape[0] * plan.slots * K;
      const [pages, scales] = [
        [keys, values],
        [keyScales, valueScales],
      ].map((pools) =>
        pools.flatMap((pool) =>
          pool ? [partOf(pool, slots * (pool.layout.shape[3] ?? 1) * dtypes[pool.dtype].bytes)] : [],
        ),
      );
      const optional = [...(mask ? [mask] : []), ...scales];
      const key = [
        ...["attention", plan.together, plan.columns, isSplit, params.softcap !== null],
        ...[keys.dtype, values.dtype, mask?.dtype ?? "", keyScales ? "scales" : ""],
      ].join(" ");
      context.run({
        shader: context.shader(key, () => attentionShader(key, inputs, plan, isSplit, params.softcap !== null)),
        ...{
          reads: [q, ...pages, tables, queryStarts, lengths, ...optional],
          writes: [target],
          flops: 2 * (N * H) * plan.slots * (D + Dv),
        },
        words: attentionWords(inputs, params, plan, isSplit ? 0 : out.layout.offset),
        groups: N === 0 ? 0 : plan.blocks * K * plan.chunks * plan.splits,
      });
      if (isSplit && N * H * Dv > 0) joinSplits(context, out, target, plan.splits);
    });
