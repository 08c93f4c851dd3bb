import type { Operand } from "../../../contract/operand.ts";
import { sizeOf } from "../../../layout.ts";
import type { AttentionParams, FusedKernels, OpSignatures } from "../../../contract/kernels.ts";
import type { KernelContext } from "../kernel-context.ts";
import { address, unravel } from "../source/addressing.ts";
import { KernelText } from "../source/kernel-text.ts";
import type { Steps } from "../steps.ts";
import type { Shards } from "../storage.ts";
import { denseRows, foldRows, maxFold, sumFold, sumOf } from "./fold-rows.ts";

type Inputs = OpSignatures["attention"]["inputs"];

/** Axis lengths by letter; `S` = slots that a table and the mask have, `P` = slots of a page. */
interface Sizes {
  readonly N: number;
  readonly H: number;
  readonly S: number;
  readonly D: number;
  readonly Dv: number;
  readonly K: number;
  readonly P: number;
}

function sizesOf({ q, keys, values, tables, mask }: Inputs): Sizes {
  const [N = 0, H = 0, D = 0] = q.layout.shape;
  const [pages = 0, K = 1, P = 1] = keys.layout.shape;
  const [R = 0, width = 0] = tables.layout.shape;
  const slots = R === 0 || pages === 0 ? 0 : width * P;
  return { N, H, D, K, P, S: Math.min(slots, mask?.layout.shape[2] ?? slots), Dv: values.layout.shape[3] ?? 0 };
}

const OP = "attention";

/** `[N, 3]`: each token's sequence (−1: none), its slot, and the slots in use of its sequence. */
function* places(context: KernelContext, { keys, tables, queryStarts, lengths }: Inputs, { N }: Sizes): Steps<Shards> {
  const text = new KernelText(3 * N);
  const readStart = text.input("starts", yield* context.source(OP, queryStarts));
  const readLength = text.input("lengths", yield* context.source(OP, lengths));
  const [R = 0, width = 0] = tables.layout.shape;
  unravel(text, "i", [
    ["n", N],
    ["field", 3],
  ]);
  text.argument("startsOffset", "Integer", queryStarts.layout.offset);
  text.argument("startsStep", "Integer", queryStarts.layout.strides[0] ?? 0);
  text.argument("sequences", "Integer", R);
  text.argument("tokens", "Float", N);
  text.argument("slots", "Float", width * (keys.layout.shape[2] ?? 0));
  text.float("token", "n");
  text.float("sequence", "-1.0");
  text.float("next", "0.0");
  text.float("number", "0.0");
  text.loop("r", R, "sequences", () => {
    text.float("begun", readStart("startsOffset + r * startsStep"));
    text.float("ended", readStart("startsOffset + (r + 1) * startsStep"));
    text.line("if (ended > tokens) { ended = tokens; }");
    text.line("if (begun <= token) { if (token < ended) { sequence = number; next = ended; } }");
    text.line("number = number + 1.0;");
  });
  text.float("known", "(sequence < 0 ? 0.0 : sequence)");
  text.int("row", text.call("toInteger", "known"));
  text.float("used", readLength(address(text, { name: "lengths", layout: lengths.layout }, ["row"])));
  text.line("if (used > slots) { used = slots; }");
  text.line("if (used < 0) { used = 0.0; }");
  text.line("if (sequence < 0) { used = 0.0; }");
  text.float("result", "sequence");
  text.line("if (field > 0) { result = used - (next - token); }");
  text.line("if (field > 1) { result = used; }");
  text.line("return result;");
  return yield* context.execute(OP, text);
}

/** Scores `[N, H, S]`; −∞ where a key is hidden. */
function* scores(
  context: KernelContext,
  { q, keys, tables, mask }: Inputs,
  params: AttentionParams,
  place: Shards,
  sizes: Sizes,
): Steps<Shards> {
  const { N, H, S, D, K, P } = sizes;
  const text = new KernelText(N * H * S);
  const readQ = text.input("q", yield* context.source(OP, q));
  const readKey = text.input("keys", yield* context.source(OP, keys));
  const readPage = text.input("tables", yield* context.source(OP, tables));
  const readMask = mask && text.input("mask", yield* context.source(OP, mask));
  const readPlace = text.input("places", place);
  unravel(text, "i", [
    ["n", N],
    ["h", H],
    ["s", S],
  ]);
  visibility(text, params, readPlace);
  const added = mask && readMask ? maskValue(text, mask, readMask) : null;
  text.float("score", `-${text.call("infinity", "1")}`);
  text.line("if (visible > 0) {");
  const slots = text.argument("pageSlots", "Integer", P);
  text.int("pageIndex", text.div("s", slots));
  text.int("slotInPage", `s - pageIndex * ${slots}`);
  sequenceOf(text, readPlace);
  pageOf(text, { keys, tables }, readPage);
  text.int("kv", text.div("h", text.argument("group", "Integer", H / K)));
  const atQ = address(text, { name: "q", layout: q.layout }, ["n", "h"]);
  const atKey = address(text, { name: "keys", layout: keys.layout }, ["page", "kv", "slotInPage"]);
  text.argument("depth", "Integer", D);
  text.argument("qStep", "Integer", q.layout.strides[2] ?? 0);
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
  return yield* context.execute(OP, text);
}

/** Lines that set `visible` by length, causality and window. */
function visibility(text: KernelText, { causal, window }: AttentionParams, read: (index: string) => string): void {
  text.argument("fields", "Integer", 3);
  text.int("slot", text.call("toInteger", read("n * fields + 1")));
  text.int("rowLength", text.call("toInteger", read("n * fields + 2")));
  text.float("visible", "1");
  text.line("if (s >= rowLength) { visible = 0; }");
  if (causal) text.line("if (s > slot) { visible = 0; }");
  if (window !== null) text.line(`if (s <= slot - ${text.argument("window", "Integer", window)}) { visible = 0; }`);
}

/** Lines that apply the mask to `visible`; gives what is added to the score, if anything. */
function maskValue(text: KernelText, { layout, dtype }: Operand, read: (index: string) => string): string | null {
  const at = address(text, { name: "mask", layout }, ["n", "h", "s"]);
  const value = text.float("masked", read(at));
  if (dtype === "bool") {
    text.line(`if (${value} === 0) { visible = 0; }`);
    return null;
  }
  // −∞ hides; any finite number is added.
  text.line(`if (${value} < ${-3.4028234663852886e38}) { visible = 0; }`);
  return value;
}

/** Lines for the sequence of token `n`, as `r`; of a token without one nothing is read. */
function sequenceOf(text: KernelText, readPlace: (index: string) => string): void {
  text.float("sequence", readPlace("n * fields"));
  text.line("if (sequence < 0) { sequence = 0.0; }");
  text.int("r", text.call("toInteger", "sequence"));
}

/** Lines for page `pageIndex` of sequence `r`, as `page`. */
function pageOf(
  text: KernelText,
  { keys, tables }: Pick<Inputs, "keys" | "tables">,
  read: (index: string) => string,
): void {
  const at = address(text, { name: "tables", layout: tables.layout }, ["r", "pageIndex"]);
  const count = text.argument("pageCount", "Float", keys.layout.shape[0] ?? 0);
  text.float("named", read(at));
  text.line("if (named < 0) { named = 0.0; }");
  text.line(`if (named >= ${count}) { named = ${count} - 1.0; }`);
  text.int("page", text.call("toInteger", "named"));
}

/** Probabilities `[N, H, S]` from scores; −1 where the key is hidden, so that its value is never touched. */
function* probabilities(context: KernelContext, score: Shards, top: Shards, sum: Shards, { S }: Sizes): Steps<Shards> {
  const text = new KernelText(score.length);
  const read = text.input("scores", score);
  const readTop = text.input("tops", top);
  const readSum = text.input("sums", sum);
  const row = text.int("row", text.div("i", text.argument("slots", "Integer", S)));
  text.float("value", read("i"));
  text.float("result", `${text.call("exponential", `value - ${readTop(row)}`)} / ${readSum(row)}`);
  text.line(`if (value < ${-3.4028234663852886e38}) { result = -1.0; }`);
  text.line("return result;");
  return yield* context.execute(OP, text);
}

/** out `[N, H, Dv]` = Σₛ p·v over the visible slots, page by page. */
function* mix(
  context: KernelContext,
  out: Operand,
  { keys, values, tables }: Inputs,
  probability: Shards,
  place: Shards,
  sizes: Sizes,
): Steps<Shards> {
  const { N, H, S, Dv, K, P } = sizes;
  const text = new KernelText(sizeOf(out.layout.shape));
  const readWeight = text.input("weights", probability);
  const readValue = text.input("values", yield* context.source(OP, values));
  const readPage = text.input("tables", yield* context.source(OP, tables));
  const readPlace = text.input("places", place);
  unravel(text, "i", [
    ["n", N],
    ["h", H],
    ["d", Dv],
  ]);
  text.argument("fields", "Integer", 3);
  sequenceOf(text, readPlace);
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
    pageOf(text, { keys, tables }, readPage);
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
  return yield* context.execute(OP, text);
}

/** Attention in six passes: tokens' places, scores, their row maxima and sums of powers, probabilities, mixture. */
export const attentionKernels = (context: KernelContext): Pick<FusedKernels, "attention"> => ({
  attention(out, inputs, params) {
    const { q, keys, values, tables, queryStarts, lengths, mask } = inputs;
    const read = [q, keys, values, tables, queryStarts, lengths];
    context.schedule(OP, out, mask ? [...read, mask] : read, function* (target) {
      if (sizeOf(out.layout.shape) === 0) return;
      const sizes = sizesOf(inputs);
      if (sizes.S === 0) return context.residency.put(target, { kind: "constant", value: 0 });
      const temporary: Shards[] = [];
      const keep = (shards: Shards): Shards => {
        temporary.push(shards);
        return shards;
      };
      try {
        const place = keep(yield* places(context, inputs, sizes));
        const score = keep(yield* scores(context, inputs, params, place, sizes));
        const rows = denseRows(score, sizes.N * sizes.H, sizes.S);
        const top = keep(yield* foldRows(context, OP, rows, maxFold, maxFold));
        const powers = sumOf((text, value) => text.call("exponential", `${value} - top`));
        const sum = keep(yield* foldRows(context, OP, rows, powers, sumFold, { perRow: { top } }));
        const probability = keep(yield* probabilities(context, score, top, sum, sizes));
        context.residency.putDevice(target, yield* mix(context, out, inputs, probability, place, sizes));
      } finally {
        for (const shards of temporary) context.residency.free(shards);
      }
    });
  },
});
