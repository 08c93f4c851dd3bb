import type { Shader } from "../../pipelines.ts";
import { quotient } from "../../wgsl/arithmetic.ts";
import { isInfinite, withSign } from "../../wgsl/floats.ts";
import { keys } from "../../wgsl/order.ts";
import { helper, wgsl } from "../../wgsl/tag.ts";
import { kernelShader } from "../module.ts";
import { rowElement, rowFields, rowStart, vectorElement, vectorFields, wordFields } from "../rows/rows.ts";
import { asNumbers } from "../stored.ts";

/** T > 0, subnormal ones too; NaN is not. */
export const isPositive = helper(wgsl`fn isPositive(T: f32) -> bool { return bitcast<u32>(T) - 1u < 0x7f800000u; }`);

/** x / T, finite where x is: what is infinite among the scores was it among the logits. */
const scoreOf = helper(
  wgsl`fn scoreOf(x: f32, T: f32) -> f32 {
    if (!${isPositive}(T)) { return x; }
    let score = ${quotient}(x, T);
    if (${isInfinite}(score) && !${isInfinite}(x)) { return ${withSign}(${(2 - 2 ** -23) * 2 ** 127}, score); }
    return score;
  }`,
);

/** Keys of logits / temperature, `[M, 4·quads]`: those behind the end are 0, which is the key of no float. */
export const scoreKeysShader = (): Shader =>
  kernelShader({
    name: "sampleTokens scores",
    reads: { x_words: "u32", temperature_words: "u32" },
    writes: { score_keys: "vec4<u32>" },
    params: wordFields("count", "quads", "length", ...rowFields("x"), ...vectorFields("temperature")),
    body: wgsl`
  if (thread >= p.count) { return; }
  let row = thread / p.quads;
${rowStart("x", "row")}
${vectorElement("temperature", asNumbers("f32"), "row")}
  var four = vec4<u32>(0u);
  for (var c = 0u; c < 4u; c++) {
    let j = 4u * (thread % p.quads) + c;
    if (j < p.length) {
${rowElement("x", asNumbers("f32"), "j")}
      four[c] = ${keys.f32.of}(${scoreOf}(x, temperature));
    }
  }
  score_keys[thread] = four;`,
  });
