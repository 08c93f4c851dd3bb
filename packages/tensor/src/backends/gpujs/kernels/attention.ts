import type { Operand } from "../../../backend.ts";
import { sizeOf } from "../../../layout.ts";
import type { AttentionParams, FusedKernels, OpSignatures } from "../../../kernels.ts";
import type { Runtime } from "../runtime.ts";
import { address, unravel } from "../source/addressing.ts";
import { KernelText } from "../source/kernel-text.ts";
import type { Steps } from "../steps.ts";
import type { Shards } from "../storage.ts";
import { denseRows, foldRows, maxFold, sumFold, sumOf } from "./rows.ts";

type Inputs = OpSignatures["attention"]["inputs"];

/** Axis lengths by letter; `S` = longest row, `P` = slots of a page. */
interface Sizes {
  readonly B: number;
  readonly H: number;
  readonly T: number;
  readonly S: number;
  readonly D: number;
  readonly Dv: number;
  readonly K: number;
  readonly P: number;
}

function sizesOf({ q, keys, values }: Inputs, { lengths }: AttentionParams): Sizes {
  const [B = 0, H = 0, T = 0, D = 0] = q.layout.shape;
  const [, K = 1, P = 1] = keys.layout.shape;
  return { B, H, T, D, K, P, S: Math.max(0, ...lengths), Dv: values.layout.shape[3] ?? 0 };
}

const OP = "attention";

/** Scores `[B, H, T, S]`; −∞ where a key is hidden. */
function* scores(
  runtime: Runtime,
  { q, keys, tables, mask }: Inputs,
  params: AttentionParams,
  sizes: Sizes,
): Steps<Shards> {
  const { B, H, T, S, D, K, P } = sizes;
  const text = new KernelText(B * H * T * S);
  const readQ = text.input("q", yield* runtime.source(OP, q));
  const readKey = text.input("keys", yield* runtime.source(OP, keys));
  const readPage = text.input("tables", yield* runtime.source(OP, tables));
  const readMask = mask && text.input("mask", yield* runtime.source(OP, mask));
  unravel(text, "i", [
    ["b", B],
    ["h", H],
    ["t", T],
    ["s", S],
  ]);
  visibility(text, params, T);
  const added = mask && readMask ? maskValue(text, mask, readMask) : null;
  text.float("score", `-${text.call("infinity", "1")}`);
  text.line("if (visible > 0) {");
  pageOf(text, tables, readPage, P, "s");
  text.int("kv", text.div("h", text.argument("group", "Integer", H / K)));
  const atQ = address(text, { name: "q", layout: q.layout }, ["b", "h", "t"]);
  const atKey = address(text, { name: "keys", layout: keys.layout }, ["page", "kv", "slotInPage"]);
  text.argument("depth", "Integer", D);
  text.argument("qStep", "Integer", q.layout.strides[3] ?? 0);
  text.argument("keyStep", "Integer", keys.layout.strides[3] ?? 0);
  text.float("dot", "0");
  text.loop("d", D, "depth", () => {
    const left = readQ(`${atQ} + d * qStep`);
    text.line(`dot += ${left} * ${readKey(`${atKey} + d * keyStep`)};`);
  });
  text.line(`score = dot * ${text.argument("scale", "Float", params.scale)};`);
  if (params.softcap !== null) {
    const cap = text.argument("softcap", "Float", params.softcap);
    text.line(`score = ${cap} * ${text.call("hyperbolicTangent", `score / ${cap}`)};`);
  }
  if (added) text.line(`score = score + ${added};`);
  text.line("}");
  text.line("return score;");
  return yield* runtime.execute(OP, text);
}

/** Lines that set `visible` by length, causality and window. */
function visibility(text: KernelText, { lengths, causal, window }: AttentionParams, T: number): void {
  const rows = text.table("rowLengths", Float32Array.from(lengths));
  text.int("rowLength", text.call("toInteger", `${rows}[b]`));
  text.int("slot", `rowLength - ${text.argument("queries", "Integer", T)} + t`);
  text.float("visible", "1");
  text.line("if (s >= rowLength) { visible = 0; }");
  if (causal) text.line("if (s > slot) { visible = 0; }");
  if (window !== null) text.line(`if (s <= slot - ${text.argument("window", "Integer", window)}) { visible = 0; }`);
}

/** Lines that apply the mask to `visible`; gives what is added to the score, if anything. */
function maskValue(text: KernelText, { layout, dtype }: Operand, read: (index: string) => string): string | null {
  const at = address(text, { name: "mask", layout }, ["b", "h", "t", "s"]);
  const value = text.float("masked", read(at));
  if (dtype === "bool") {
    text.line(`if (${value} === 0) { visible = 0; }`);
    return null;
  }
  // −∞ hides; any finite number is added.
  text.line(`if (${value} < ${-3.4028234663852886e38}) { visible = 0; }`);
  return value;
}

/** Lines for the page that holds slot `s`, and the slot's place in it. */
function pageOf(text: KernelText, tables: Operand, read: (index: string) => string, P: number, s: string): void {
  const slots = text.argument("pageSlots", "Integer", P);
  text.int("pageIndex", text.div(s, slots));
  text.int("slotInPage", `${s} - pageIndex * ${slots}`);
  const at = address(text, { name: "tables", layout: tables.layout }, ["b", "pageIndex"]);
  text.int("page", text.call("toInteger", read(at)));
}

/** Probabilities `[B, H, T, S]` from scores; −1 where the key is hidden, so that its value is never touched. */
function* probabilities(runtime: Runtime, score: Shards, top: Shards, sum: Shards, { S }: Sizes): Steps<Shards> {
  const text = new KernelText(score.length);
  const read = text.input("scores", score);
  const readTop = text.input("tops", top);
  const readSum = text.input("sums", sum);
  const row = text.int("row", text.div("i", text.argument("slots", "Integer", S)));
  text.float("value", read("i"));
  text.float("result", `${text.call("exponential", `value - ${readTop(row)}`)} / ${readSum(row)}`);
  text.line(`if (value < ${-3.4028234663852886e38}) { result = -1.0; }`);
  text.line("return result;");
  return yield* runtime.execute(OP, text);
}

/** out `[B, H, T, Dv]` = Σₛ p·v over the visible slots, page by page. */
function* mix(
  runtime: Runtime,
  out: Operand,
  { values, tables }: Inputs,
  probability: Shards,
  sizes: Sizes,
): Steps<Shards> {
  const { B, H, T, S, Dv, K, P } = sizes;
  const text = new KernelText(sizeOf(out.layout.shape));
  const readWeight = text.input("weights", probability);
  const readValue = text.input("values", yield* runtime.source(OP, values));
  const readPage = text.input("tables", yield* runtime.source(OP, tables));
  unravel(text, "i", [
    ["b", B],
    ["h", H],
    ["t", T],
    ["d", Dv],
  ]);
  text.int("kv", text.div("h", text.argument("group", "Integer", H / K)));
  const width = text.argument("width", "Integer", Dv);
  text.argument("slots", "Integer", S);
  text.int("row", `${text.div("i", width)} * slots`);
  text.argument("pageSlots", "Integer", P);
  text.argument("slotStep", "Integer", values.layout.strides[2] ?? 0);
  text.argument("valueStep", "Integer", values.layout.strides[3] ?? 0);
  const pages = Math.ceil(S / P);
  text.argument("pages", "Integer", pages);
  text.float("total", "0");
  text.loop("pageIndex", pages, "pages", () => {
    const atTable = address(text, { name: "tables", layout: tables.layout }, ["b", "pageIndex"]);
    text.int("page", text.call("toInteger", readPage(atTable)));
    const atPage = address(text, { name: "values", layout: values.layout }, ["page", "kv"]);
    text.loop("slot", P, "pageSlots", () => {
      text.int("s", "pageIndex * pageSlots + slot");
      text.line("if (s >= slots) { break; }");
      text.float("weight", readWeight("row + s"));
      text.float("hidden", "(weight === -1.0 ? 1.0 : 0.0)");
      text.line("if (hidden < 1) {");
      text.line(`total += weight * ${readValue(`${atPage} + slot * slotStep + d * valueStep`)};`);
      text.line("}");
    });
  });
  text.result("total", out.dtype);
  return yield* runtime.execute(OP, text);
}

/** Attention in five passes: scores, their row maxima and sums of powers, probabilities, mixture. */
export const attentionKernels = (runtime: Runtime): Pick<FusedKernels, "attention"> => ({
  attention(out, inputs, given) {
    const { q, keys, values, tables, mask } = inputs;
    // The caller may change its array before queued work runs.
    const params = { ...given, lengths: [...given.lengths] };
    runtime.schedule(OP, out, mask ? [q, keys, values, tables, mask] : [q, keys, values, tables], function* (target) {
      if (sizeOf(out.layout.shape) === 0) return;
      const sizes = sizesOf(inputs, params);
      const temporary: Shards[] = [];
      const keep = (shards: Shards): Shards => {
        temporary.push(shards);
        return shards;
      };
      try {
        const score = keep(yield* scores(runtime, inputs, params, sizes));
        const rows = denseRows(score, sizes.B * sizes.H * sizes.T, sizes.S);
        const top = keep(yield* foldRows(runtime, OP, rows, maxFold, maxFold));
        const powers = sumOf((text, value) => text.call("exponential", `${value} - top`));
        const sum = keep(yield* foldRows(runtime, OP, rows, powers, sumFold, { perRow: { top } }));
        const probability = keep(yield* probabilities(runtime, score, top, sum, sizes));
        runtime.residency.putDevice(target, yield* mix(runtime, out, inputs, probability, sizes));
      } finally {
        for (const shards of temporary) runtime.residency.free(shards);
      }
    });
  },
});
