import { bugsIn, type Area } from "./area.ts";

export const config: Area = {
  name: "config",
  tests: [
    "packages/helium/src/config/decoder-config.test.ts",
    "packages/helium/src/config/config-checks.test.ts",
    "packages/helium/src/config/rope-parameters.test.ts",
    "packages/helium/src/config/json-text.test.ts",
    "packages/helium/src/config/labels.test.ts",
    "packages/helium/src/loading/read-generation-config.test.ts",
    "packages/helium/src/config/config-properties.test.ts",
    "packages/helium/src/families/traits.test.ts",
    "packages/helium/src/families/index.test.ts",
    "packages/helium/src/families/published.test.ts",
    "packages/helium/test/models/edges.test.ts",
    "packages/helium/test/models/models.test.ts",
    "packages/helium/test/generation/options.test.ts",
  ],
  bugs: [
    ...bugsIn(
      "helium/src/config/resolve-traits.ts",
      ["key heads need not divide", "heads % kvHeads !== 0", "heads < kvHeads"],
      ["an odd head passes", "headDim % 2 !== 0", "headDim < 0"],
      ["the scale is a square root", "** -0.5", "** 0.5"],
      ["the window of both ways is the whole size", "Math.floor(size / 2) + 1", "size"],
      [
        "all layers slide",
        'types === undefined || types[l] === "sliding_attention" ? span',
        "span !== undefined ? span",
      ],
      [
        "a checkpoint's own pairing is ignored",
        "if (interleave === undefined || interleave === null) return family;\n  return",
        "return family;\n  return",
      ],
      ["the qk norm needs no flag", "qkNorm.onlyIf !== undefined && !read.flag({ key: qkNorm.onlyIf })", "false"],
      [
        "the embedding scale is not rooted",
        "Math.sqrt(read.number({ key: embedScale.sqrtOf }))",
        "read.number({ key: embedScale.sqrtOf })",
      ],
      ["bidirectional models are causal", "causal: !bidirectional", "causal: true"],
    ),
    ...bugsIn(
      "helium/src/config/rope-parameters.ts",
      ["the old type wins", "rest.rope_type ?? oldType", "oldType ?? rest.rope_type"],
      [
        "the top-level theta wins",
        'rest.rope_theta ?? raw[declaration.oldThetaKey ?? "rope_theta"]',
        'raw[declaration.oldThetaKey ?? "rope_theta"] ?? rest.rope_theta',
      ],
      [
        "a missing factor passes",
        "if (complete[name] !== undefined) continue;",
        'if (complete[name] !== undefined || name === "factor") continue;',
      ],
      ["a partial factor of 1.5 passes", "isPositive(value) && (value as number) <= 1", "isPositive(value)"],
      [
        "whole lengths are written as floats",
        "isKnown(key) && !whole.includes(key) ? mark(value)",
        "isKnown(key) ? mark(value)",
      ],
      [
        "sliding layers are scaled too",
        "declaration.scaled === false ? own : { ...own, ...flat }",
        "{ ...own, ...flat }",
      ],
      [
        "partial rotation passes in every family",
        "partial !== 1 && rope.partial === undefined",
        "partial !== 1 && false",
      ],
    ),
    ...bugsIn("helium/src/families/gemma3-text.ts", [
      "every n-th layer slides",
      "(layer + 1) % config.sliding_window_pattern !== 0",
      "(layer + 1) % config.sliding_window_pattern === 0",
    ]),
    ...bugsIn("helium/src/families/gemma2.ts", ["layers count from 1", "layer % 2 === 0", "layer % 2 === 1"]),
    ...bugsIn(
      "helium/src/families/qwen2.ts",
      ["the first sliding layer is one later", "layer >= config.max_window_layers", "layer > config.max_window_layers"],
      ["without a window layers slide", "config.sliding_window !== null && ", ""],
    ),
    ...bugsIn("helium/src/families/smollm3.ts", ["the flag is not needed", "config.use_sliding_window && ", ""]),
    ...bugsIn("helium/src/config/derive.ts", [
      "a quotient is rounded",
      "if (Number.isInteger(quotient)) return quotient;",
      "if (quotient > 0) return Math.floor(quotient);",
    ]),
    ...bugsIn(
      "helium/src/config/labels.ts",
      ["names win over num_labels", "(count !== undefined && count !== found)", "false"],
      ["without any key there is one label", "? 2 : Object.keys(named).length", "? 1 : Object.keys(named).length"],
      ["01 is a class", "/^(0|[1-9]\\d{0,8})$/", "/^\\d{1,9}$/"],
    ),
    ...bugsIn(
      "helium/src/config/check-field.ts",
      ["null passes everywhere", "if (value === null && isNullable(kind)) return;", "if (value === null) return;"],
      [
        "fractions pass as counts",
        "Number.isInteger(value) && value >= low && value <= high",
        "value >= low && value <= high",
      ],
      ["a count of 0 passes", "accepts: (v) => isWhole(v, 1, maxCount)", "accepts: (v) => isWhole(v, 0, maxCount)"],
    ),
    ...bugsIn(
      "helium/src/config/json-text.ts",
      [
        "keys are sorted by units",
        "const [left, right] = [Array.from(a), Array.from(b)];",
        'const [left, right] = [a.split(""), b.split("")];',
      ],
      ["small numbers have no exponent", "exponent < -4 || exponent >= 16", "exponent < -6 || exponent >= 16"],
      ["exponents have one digit", '.padStart(2, "0")}`;\n  }', "}`;\n  }"],
      ["NaN in a string is a number", "if (text[at] === '\"') {", "if (text[at] === '`') {"],
      ["an escaped quote ends a string", 'text[at] === "\\\\" ? 2 : 1', "1"],
      ["letters beyond ASCII stay", "[\\u007f-\\uffff]", "[\\uff00-\\uffff]"],
    ),
    ...bugsIn(
      "helium/src/config/json-value.ts",
      ["nesting is not limited", "depth > maxDepth || count > maxValues) {", "count > maxValues) {"],
      ["special floats stay objects", "return specialFloats.get(first[1]);", "return undefined;"],
    ),
    ...bugsIn(
      "helium/src/config/read-config.ts",
      ["torch_dtype wins", "raw.dtype ?? raw.torch_dtype", "raw.torch_dtype ?? raw.dtype"],
      ["torch. stays in front", 'given.replace(/^torch\\./, "")', "given"],
      ["ids outside the vocabulary are not told", "id < 0 || id >= size", "id > 1e9"],
    ),
    ...bugsIn(
      "helium/src/loading/read-generation-config.ts",
      [
        "tokens of config.json are forgotten",
        "{ ...generationDefaults, bosTokenId, eosTokenId, padTokenId }",
        "{ ...generationDefaults }",
      ],
      ["keys keep their spelling", "[camelCase(key), value]));", "[key, value]));"],
    ),
    ...bugsIn("helium/src/families/gemma3-text.ts", [
      "weights are not one plus",
      'weightMode: "one-plus"',
      'weightMode: "cast-then-mul"',
    ]),
    ...bugsIn(
      "helium/src/families/gemma2.ts",
      [
        "the scores' cap is the logits'",
        'attnSoftcap: { key: "attn_logit_softcapping" }',
        'attnSoftcap: { key: "final_logit_softcapping" }',
      ],
      [
        "the post-norm stands before the MLP",
        'preMlp: "pre_feedforward_layernorm",\n      postMlp: "post_feedforward_layernorm"',
        'preMlp: "post_feedforward_layernorm",\n      postMlp: "pre_feedforward_layernorm"',
      ],
    ),
    ...bugsIn(
      "helium/src/families/granite.ts",
      ["logits are multiplied", 'logitDivisor: { key: "logits_scaling" }', 'logitScale: { key: "logits_scaling" }'],
      [
        "residual and embedding multipliers swap",
        'embedScale: { key: "embedding_multiplier" },\n    residualScale: { key: "residual_multiplier" }',
        'embedScale: { key: "residual_multiplier" },\n    residualScale: { key: "embedding_multiplier" }',
      ],
    ),
    ...bugsIn("helium/src/families/cohere.ts", [
      "pairs are halves",
      'ropePairing: "interleaved"',
      'ropePairing: "half"',
    ]),
    ...bugsIn("helium/src/families/phi3.ts", [
      "yarn is not longrope",
      'su: "longrope", yarn: "longrope"',
      'su: "longrope"',
    ]),
    ...bugsIn("helium/src/families/smollm3.ts", ["every layer turns", '    useRope: { key: "no_rope_layers" },\n', ""]),
  ],
};
