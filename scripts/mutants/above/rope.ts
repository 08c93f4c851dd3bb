import { bugsIn, type Area } from "./area.ts";

export const rope: Area = {
  name: "rope",
  tests: [
    "packages/nn/src/rope/frequencies.test.ts",
    "packages/nn/src/rope/rotary-embedding.test.ts",
    "packages/helium/src/config/rope-parameters.test.ts",
    "packages/helium/test/models/edges.test.ts",
  ],
  bugs: [
    ...bugsIn(
      "nn/src/rope/llama3.ts",
      ["the low boundary is multiplied", "wavelength > original / low", "wavelength > original * low"],
      ["the high boundary is multiplied", "wavelength < original / high", "wavelength < original * high"],
      ["long waves keep their frequency", "return frequency / factor;", "return frequency;"],
      ["the blend forgets the low factor", "* original) - low) /", "* original) - 1) /"],
      [
        "the blend is the wrong way round",
        "f32(1 - kept) * frequency) / factor) + f32(kept",
        "kept * frequency) / factor) + f32(f32(1 - kept)",
      ],
      ["the blend ends at the high factor", "(high - low));", "high);"],
    ),
    ...bugsIn(
      "nn/src/rope/yarn.ts",
      [
        "mscale counts without mscale_all_dim",
        "mscale && mscaleAllDim ? g(mscale) / g(mscaleAllDim)",
        "mscale ? g(mscale) / g(mscaleAllDim ?? 0)",
      ],
      ["the ramp ends at D/2 − 1", ", rotaryDim - 1);", ", rotaryDim / 2 - 1);"],
      ["the ramp's start is not clamped", "dimensionAt(fast), 0);", "dimensionAt(fast), -Infinity);"],
      ["the fast end is rounded up", "Math.floor(dimensionAt(fast))", "Math.ceil(dimensionAt(fast))"],
      ["the slow end is rounded down", "Math.ceil(dimensionAt(slow))", "Math.floor(dimensionAt(slow))"],
      ["truncate: false is ignored", "const rounded = truncate ?? true;", "const rounded = true;"],
      [
        "the ramp is the wrong way round",
        "f32(interpolated * f32(1 - kept)) + f32(f32(1 / power) * kept)",
        "f32(interpolated * kept) + f32(f32(1 / power) * f32(1 - kept))",
      ],
      ["a ramp of no width divides by 0", "high === low ? high + 0.001 : high", "high"],
      ["beta_fast has the default 16", '"betaFast", betaFast, 32', '"betaFast", betaFast, 16'],
      ["the scaling has no 0.1", "0.1 * m * Math.log(factor)", "m * Math.log(factor)"],
      ["the factor without one is 1", "context.maxPositionEmbeddings / original);", "1);"],
      ["a given attention_factor is ignored", 'return positive("attentionFactor", attentionFactor);', "return 1;"],
    ),
    ...bugsIn(
      "nn/src/rope/dynamic.ts",
      ["the exponent is D/(D−1)", "(rotaryDim / (rotaryDim - 2))", "(rotaryDim / (rotaryDim - 1))"],
      ["the factor's subtrahend is the factor", "limit - (scale - 1)", "limit - scale"],
      ["shorter texts shrink the base", "Math.max(seqLen ?? limit, limit)", "seqLen ?? limit"],
      [
        "a short call keeps the longest length",
        "seqLen < maxPositionEmbeddings ? maxPositionEmbeddings : inUse",
        "inUse",
      ],
      ["a longer call keeps the old length", "seqLen > inUse ? seqLen :", "seqLen > inUse ? inUse :"],
    ),
    ...bugsIn(
      "nn/src/rope/longrope.ts",
      [
        "the long list begins at the original length",
        "seqLen !== undefined && seqLen > original)",
        "seqLen !== undefined && seqLen >= original)",
      ],
      ["short and long lists swap", "long ? longFactor : shortFactor", "long ? shortFactor : longFactor"],
      ["the scaling is by log of the factor alone", "Math.log(factor) / Math.log(original)", "Math.log(factor)"],
      [
        "the factor multiplies the maximum",
        "context.maxPositionEmbeddings / original);",
        "context.maxPositionEmbeddings);",
      ],
      ["the length in use never grows", "return seqLen > original ? original + 1 : original;", "return original;"],
      ["the list is not checked against D/2", "list.length !== count", "list.length < count"],
    ),
    ...bugsIn("nn/src/rope/linear.ts", ["the factor multiplies", "frequency / divisor", "frequency * divisor"]),
    ...bugsIn(
      "nn/src/rope/inverse-frequencies.ts",
      ["the exponent is i/D", "(2 * i) / rotaryDim", "i / rotaryDim"],
      [
        "the rotary key wins over the top-level one",
        "context.originalMaxPositionEmbeddings ?? parameters.originalMaxPositionEmbeddings",
        "parameters.originalMaxPositionEmbeddings ?? context.originalMaxPositionEmbeddings",
      ],
    ),
    ...bugsIn(
      "nn/src/rope/rotary-embedding.ts",
      ["sin is not scaled", "f32(Math.sin(angle)) * scale", "f32(Math.sin(angle))"],
      ["the length is the largest position", "Math.max(seqLen, position + 1)", "Math.max(seqLen, position)"],
      ["the length in use is not remembered", "this.#lengthInUse = length;\n", ""],
      ["rows share the angles of the first", "const start = row * half;", "const start = (row % columns) * half;"],
    ),
    ...bugsIn(
      "helium/src/config/resolve-rope.ts",
      ["the rotated part is rounded up", "Math.floor(headDim * part)", "Math.ceil(headDim * part)"],
      ["layers without rotation rotate", "if (flags?.[layer] === 0) return null;", ""],
      ["every longrope model restarts its cache", "restartsCache && long?.ropeType", "long?.ropeType"],
      [
        "the cache restarts at the maximum",
        "(topLevel ?? long.originalMaxPositionEmbeddings ?? maxPositionEmbeddings)",
        "maxPositionEmbeddings",
      ],
    ),
  ],
};
