import type { Operand } from "../../../contract/operand.ts";
import { sizeOf } from "../../../layout.ts";
import type { Condition } from "../../../contract/kernel-table.ts";
import type { CoreKernels } from "../../../contract/kernels.ts";
import { areHostBools, runOnHost } from "../host-op.ts";
import type { KernelContext } from "../kernel-context.ts";
import { KernelText } from "../source/kernel-text.ts";
import type { Steps } from "../steps.ts";
import type { GpuJsStorage } from "../storage.ts";

interface RegionAxis {
  readonly length: number;
  readonly step: number;
  readonly sourceStep: number;
}

/** The region as axes by falling step, and where its source starts. */
interface Region {
  readonly axes: readonly RegionAxis[];
  readonly offset: number;
  readonly sourceOffset: number;
}

/**
 * The region that a view covers, if every position in it can be traced back to one index: by falling step, each axis
 * steps over all that the later ones reach. Views made by narrowing, permuting and reshaping are of this kind.
 */
function regionOf(out: Operand, source: Operand): Region | null {
  let sourceOffset = source.layout.offset;
  const axes: RegionAxis[] = [];
  out.layout.shape.forEach((length, axis) => {
    const step = out.layout.strides[axis] ?? 0;
    const sourceStep = source.layout.strides[axis] ?? 0;
    if (length === 1) return;
    // All entries of a repeated axis are one element: the last one written stays.
    if (step === 0) sourceOffset += (length - 1) * sourceStep;
    else axes.push({ length, step, sourceStep });
  });
  axes.sort((a, b) => b.step - a.step);
  let reach = 0;
  for (const { length, step } of axes.toReversed()) {
    if (step <= reach) return null;
    reach += (length - 1) * step;
  }
  return { axes, offset: out.layout.offset, sourceOffset };
}

/** A copy of the target with the region replaced: positions inside it take the source's element. */
function* replaceRegion(
  context: KernelContext,
  target: GpuJsStorage,
  out: Operand,
  source: Operand,
  region: Region,
): Steps<void> {
  const { axes, offset, sourceOffset } = region;
  const text = new KernelText(target.length);
  const readOld = text.input("old", yield* context.source("sliceUpdate", { ...out, handle: target }));
  const readNew = text.input("source", yield* context.source("sliceUpdate", source));
  text.argument("offset", "Integer", offset);
  text.argument("sourceOffset", "Integer", sourceOffset);
  text.float("inside", "1");
  text.int("rest", "i - offset");
  text.line("if (rest < 0) { inside = 0; rest = 0 * offset; }");
  text.int("sourceAt", "sourceOffset");
  axes.forEach(({ length, step, sourceStep }, axis) => {
    const extent = text.argument(`extent${axis}`, "Integer", length);
    const stride = text.argument(`step${axis}`, "Integer", step);
    const at = text.int(`index${axis}`, text.div("rest", stride));
    text.line(`if (${at} >= ${extent}) { inside = 0; }`);
    text.line(`rest = rest - ${at} * ${stride};`);
    text.line(`sourceAt = sourceAt + ${at} * ${text.argument(`sourceStep${axis}`, "Integer", sourceStep)};`);
  });
  text.line("if (rest > 0) { inside = 0; }");
  text.float("result", readOld("i"));
  text.line("if (inside > 0) {");
  // A float of another dtype becomes one of the target's; what stands there already is one.
  const rounded = out.dtype === source.dtype ? readNew("sourceAt") : text.rounded(readNew("sourceAt"), out.dtype);
  text.line(`result = ${rounded};`);
  text.line("}");
  text.line("return result;");
  context.residency.putDevice(target, yield* context.execute("sliceUpdate", text));
}

export const hasTraceableRegion: Condition<"sliceUpdate"> = {
  says: "a region without overlaps",
  holds: ({ source }, _, out) => out !== null && regionOf(out, source) !== null,
};

/**
 * The only op that changes a storage: on the device it makes a new copy and puts it behind the handle, where all views
 * find it.
 */
export const sliceUpdateKernels = (context: KernelContext): Pick<CoreKernels, "sliceUpdate"> => ({
  sliceUpdate(out, { source }) {
    context.schedule("sliceUpdate", out, [out, source], function* (target) {
      if (sizeOf(out.layout.shape) === 0) return;
      const region = regionOf(out, source);
      if (!region || areHostBools(out, source)) yield* runOnHost(context, "sliceUpdate", target, out, { source }, {});
      else yield* replaceRegion(context, target, out, source, region);
    });
  },
});
