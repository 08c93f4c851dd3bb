import type { Operand, QuantOperand } from "../../../contract/operand.ts";
import { sizeOf } from "../../../layout.ts";
import type { FusedKernels } from "../../../contract/kernels.ts";
import { blockPackings, type BlockPacking } from "../block-packing.ts";
import { plainEncoding } from "../encodings.ts";
import type { KernelContext } from "../kernel-context.ts";
import { address, unravel } from "../source/addressing.ts";
import { KernelText } from "../source/kernel-text.ts";
import type { Steps } from "../steps.ts";
import type { GpuJsStorage, Shards } from "../storage.ts";
import { checkIndices } from "./gather.ts";

/** A quantised matrix as a kernel text reads it: float `index` of its blocks, and the scale of a pattern. */
interface Blocks {
  readonly packing: BlockPacking;
  readonly read: (index: string) => string;
  /** The scale of the block that starts at float `at`. */
  readonly scale: (at: string) => string;
}

/** Names a matrix in a text: its floats as they are, and the table that decodes its scales. */
function* blocksOf(context: KernelContext, op: string, text: KernelText, matrix: QuantOperand): Steps<Blocks | null> {
  const packing = blockPackings[matrix.format];
  const source = yield* context.residency.onDevice(op, matrix.handle as GpuJsStorage);
  if (!packing || source.kind === "constant" || !source.table) return null;
  // Bytes are whole blocks, in every shard.
  const floatsOf = (bytes: number): number => (bytes / packing.bytes) * packing.floats;
  const floats: Shards = {
    ...source,
    encoding: plainEncoding("f32"),
    table: null,
    shardLength: floatsOf(source.shardLength),
    length: floatsOf(source.length),
  };
  const read = text.input("blocks", floats);
  const table = text.decodeTable("f16", source.table);
  return {
    packing,
    read,
    scale(at) {
      const holder = text.float(text.local("holder"), read(`${at} + ${packing.scaleFloat}`));
      const pattern = text.float(text.local("pattern"), `Math.floor(${holder} * ${packing.scaleShift})`);
      return text.float(text.local("scale"), `${table}[${pattern}]`);
    },
  };
}

/** The first float of row 0 and the blocks of a row, as arguments; gives the first float of a row. */
function rowStart(
  text: KernelText,
  { firstRow, columns }: QuantOperand,
  { floats, weights }: BlockPacking,
  row: string,
): string {
  text.argument("rowBlocks", "Integer", columns / weights);
  text.argument("firstRow", "Integer", firstRow);
  text.argument("blockFloats", "Integer", floats);
  return text.int("rowStart", `(${row} + firstRow) * rowBlocks * blockFloats`);
}

/** Lines that take `count` digits off a float, from the lowest; gives the weights they stand for. */
function weightsOf(text: KernelText, float: string, count: number, { base, zero }: BlockPacking): readonly string[] {
  let rest = text.float(text.local("rest"), float);
  return Array.from({ length: count }, () => {
    const next = text.float(text.local("rest"), `Math.floor(${rest} * ${1 / base})`);
    const weight = `(${rest} - ${base} * ${next} - ${zero})`;
    rest = next;
    return weight;
  });
}

/** out [M, N] = x·weightᵀ + bias: one thread per element goes over the blocks of its row. */
function* quantProduct(
  context: KernelContext,
  target: GpuJsStorage,
  out: Operand,
  { x, weight, bias }: { readonly x: Operand; readonly weight: QuantOperand; readonly bias?: Operand },
): Steps<void> {
  const op = "quantMatmul";
  const [M = 0, N = 0] = out.layout.shape;
  if (M * N === 0) return;
  const text = new KernelText(M * N);
  const readX = text.input("x", yield* context.source(op, x));
  const readBias = bias && text.input("bias", yield* context.source(op, bias));
  const blocks = yield* blocksOf(context, op, text, weight);
  // A matrix without columns, or one of zeros.
  text.float("total", "0");
  unravel(text, "i", [
    ["m", M],
    ["n", N],
  ]);
  if (blocks) {
    const { packing, read, scale } = blocks;
    const xRow = address(text, { name: "x", layout: x.layout }, ["m"]);
    const step = text.argument("xStep", "Integer", x.layout.strides[1] ?? 0);
    const start = rowStart(text, weight, packing, "n");
    const perBlock = text.argument("weights", "Integer", packing.weights);
    const perFloat = text.argument("digits", "Integer", packing.digits);
    const full = text.argument("fullFloats", "Integer", packing.fullFloats);
    const addUp = (at: string, count: number): void => {
      const taken = text.int(text.local("taken"), at);
      weightsOf(text, read(`block + ${taken}`), count, packing).forEach((value, digit) =>
        text.line(
          `dot += ${value} * ${readX(`${xRow} + (b * ${perBlock} + ${taken} * ${perFloat} + ${digit}) * ${step}`)};`,
        ),
      );
    };
    text.loop("b", weight.columns / packing.weights, "rowBlocks", () => {
      text.int("block", `${start} + b * blockFloats`);
      text.float("dot", "0");
      text.loop("g", packing.fullFloats, full, () => addUp("g", packing.digits));
      addUp(full, packing.tailDigits);
      text.line(`total += dot * ${scale("block")};`);
    });
  }
  if (bias && readBias) {
    const at = address(text, { name: "bias", layout: bias.layout }, ["n"]);
    text.line(`total += ${readBias(at)};`);
  }
  text.result("total", out.dtype);
  context.residency.putDevice(target, yield* context.execute(op, text));
}

/** out [n, K] = rows of a matrix, one thread per weight. */
function* lookUp(
  context: KernelContext,
  target: GpuJsStorage,
  out: Operand,
  { table, indices }: { readonly table: QuantOperand; readonly indices: Operand },
): Steps<void> {
  const op = "gatherQuant";
  yield* checkIndices(context, op, indices, table.rows);
  const { shape } = out.layout;
  if (sizeOf(shape) === 0) return;
  const text = new KernelText(sizeOf(shape));
  const readRow = text.input("indices", yield* context.source(op, indices));
  const blocks = yield* blocksOf(context, op, text, table);
  if (!blocks) return;
  const { packing, read, scale } = blocks;
  unravel(text, "i", [
    ["n", shape[0] ?? 0],
    ["k", shape[1] ?? 0],
  ]);
  const at = address(text, { name: "indices", layout: indices.layout }, ["n"]);
  const row = text.int("row", text.call("toInteger", readRow(at)));
  const start = rowStart(text, table, packing, row);
  const perBlock = text.argument("weights", "Integer", packing.weights);
  const perFloat = text.argument("digits", "Integer", packing.digits);
  text.int("blockInRow", text.div("k", perBlock));
  text.int("inBlock", `k - blockInRow * ${perBlock}`);
  text.int("group", text.div("inBlock", perFloat));
  text.int("block", `${start} + blockInRow * blockFloats`);
  const packed = text.float("packed", read("block + group"));
  const { base, zero } = packing;
  const digit = text.call("digitOf", packed, `${base}.0`, String(1 / base), `inBlock - group * ${perFloat}`);
  const weight = text.float("weight", `${digit} - ${zero}`);
  text.result(`${weight} * ${scale("block")}`, out.dtype);
  context.residency.putDevice(target, yield* context.execute(op, text));
}

/** Ops on matrices of the formats that have a packing; the weights are exactly the format's. */
export const quantKernels = (context: KernelContext): Pick<FusedKernels, "quantMatmul" | "gatherQuant"> => ({
  quantMatmul(out, inputs) {
    const { x, weight, bias } = inputs;
    context.schedule("quantMatmul", out, bias ? [x, weight, bias] : [x, weight], (target) =>
      quantProduct(context, target, out, inputs),
    );
  },

  gatherQuant(out, inputs) {
    context.schedule("gatherQuant", out, [inputs.table, inputs.indices], (target) =>
      lookUp(context, target, out, inputs),
    );
  },
});
