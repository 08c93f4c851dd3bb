import type { Shader } from "../../pipelines.ts";
import { isInfinite, isLess, isNan } from "../../wgsl/floats.ts";
import { keys } from "../../wgsl/order.ts";
import { best, better, workgroupArgmax } from "../../wgsl/reduce.ts";
import { helper, wgsl } from "../../wgsl/tag.ts";
import { exceeds, fractionOf, minus, plus, share, times, wide } from "../../wgsl/wide-integers.ts";
import { kernelShader } from "../module.ts";
import { vectorElement, vectorFields, wordFields } from "../rows/rows.ts";
import { asNumbers } from "../stored.ts";
import { isPositive } from "./score-keys.ts";
import { DIGITS, eachKey, search, sumFrom, weightOf } from "./search.ts";

const likeliest = helper(wgsl`var<workgroup> likeliest: ${best};`);

/** Of each thread's run: the weights above the border, and how many equal it. */
const runSums = helper(wgsl`var<workgroup> runSums: array<${wide}, ${DIGITS}>;`);
const runEquals = helper(wgsl`var<workgroup> runEquals: array<u32, ${DIGITS}>;`);

/** How many of the first of equal weights can go before their sum exceeds `most`: bit by bit. */
const countWithin = helper(
  wgsl`fn countWithin(weight: ${wide}, most: ${wide}) -> u32 {
    var count = 0u;
    for (var bit = 1u << firstLeadingBit(p.length); bit > 0u; bit >>= 1u) {
      let next = count | bit;
      if (next <= p.length && !${exceeds}(${times}(weight, next), most)) { count = next; }
    }
    return count;
  }`,
);

/** out[m] = a token of row m, as the op `sampleTokens` says. Left are scores from `low` on, without the first `gone` that equal it. */
export const drawShader = (): Shader =>
  kernelShader({
    name: "sampleTokens",
    reads: {
      ...{ score_keys: "vec4<u32>", temperature_words: "u32", top_k_words: "u32" },
      ...{ top_p_words: "u32", uniform_words: "u32" },
    },
    writes: { out: "u32" },
    params: wordFields(
      ...["count", "quads", "length", "unit", "out_offset"],
      ...["temperature", "top_k", "top_p", "uniform"].flatMap(vectorFields),
    ),
    threads: DIGITS,
    body: wgsl`
  if (group >= p.count) { return; }
${vectorElement("temperature", asNumbers("f32"), "group")}
${vectorElement("top_k", asNumbers("i32"), "group")}
${vectorElement("top_p", asNumbers("f32"), "group")}
${vectorElement("uniform", asNumbers("f32"), "group")}
  let start = group * p.quads;

  var found = ${best}(0u, 0xffffffffu);
${eachKey(wgsl`        found = ${better}(found, ${best}(key, 4u * i + c));`)}
  found = ${workgroupArgmax(DIGITS)}(found, lane);
  if (lane == 0u) { ${likeliest} = found; }
  let greedy = workgroupUniformLoad(&${likeliest});
  let top = ${keys.f32.back}(greedy.key);
  if (!${isPositive}(temperature) || ${isNan}(top) || ${isInfinite}(top)) {
    if (lane == 0u) { out[p.out_offset + group] = greedy.index; }
    return;
  }

  // The key of −∞.
  var low = 0x007fffffu;
  if (top_k > 0 && u32(top_k) < p.length) {
    low = ${search}(start, low, ${wide}(0u, p.length - u32(top_k)), false, top, lane).key;
  }
  var gone = 0u;
  if (${isLess}(top_p, 1.0)) {
    let sum = ${sumFrom}(start, low, top, lane);
    let most = ${minus}(sum, ${share}(sum, ${fractionOf}(max(top_p, 0.0))));
    let border = ${search}(start, low, most, true, top, lane);
    low = border.key;
    gone = ${countWithin}(${weightOf}(low, top), ${minus}(most, border.below));
  }

  // Each thread has a run of the vocabulary.
  let run = (p.quads + ${DIGITS - 1}u) / ${DIGITS}u;
  let begin = min(lane * run, p.quads);
  let end = min(begin + run, p.quads);
  var above = ${wide}(0u, 0u);
  var equals = 0u;
  for (var i = begin; i < end; i++) {
    let four = score_keys[start + i];
    for (var c = 0u; c < 4u; c++) {
      if (four[c] > low) { above = ${plus}(above, ${weightOf}(four[c], top)); }
      if (four[c] == low) { equals++; }
    }
  }
  ${runSums}[lane] = above;
  ${runEquals}[lane] = equals;
  workgroupBarrier();
  var running = ${wide}(0u, 0u);
  var seen = 0u;
  var total = ${wide}(0u, 0u);
  var count = 0u;
  for (var other = 0u; other < ${DIGITS}u; other++) {
    if (other == lane) { running = total; seen = count; }
    total = ${plus}(total, ${runSums}[other]);
    count += ${runEquals}[other];
  }
  // The largest stays.
  gone = min(gone, count - 1u);
  let each = ${weightOf}(low, top);
  total = ${plus}(total, ${times}(each, count - gone));
  // 1 unit below the sum of all, for no random number draws nothing.
  var goal = ${minus}(total, ${wide}(0u, 1u));
  if (${isLess}(uniform, 1.0)) {
    let reached = ${share}(total, ${fractionOf}(max(uniform, 0.0)));
    if (${exceeds}(goal, reached)) { goal = reached; }
  }
  let after = ${plus}(${plus}(running, above), ${times}(each, max(seen + equals, gone) - gone));
  running = ${plus}(running, ${times}(each, max(seen, gone) - gone));
  if (${exceeds}(running, goal) || !${exceeds}(after, goal)) { return; }

  // It is in this run.
  var token = 0u;
  for (var j = 4u * begin; j < 4u * end && !${exceeds}(running, goal); j++) {
    let key = score_keys[start + j / 4u][j % 4u];
    if (key == low) { seen++; }
    if (key < low || (key == low && seen <= gone)) { continue; }
    running = ${plus}(running, ${weightOf}(key, top));
    token = j;
  }
  out[p.out_offset + group] = token;`,
  });
