import { bugsIn, type Area } from "./area.ts";

export const processors: Area = {
  name: "processors",
  tests: [
    "packages/helium/test/generation/processors.test.ts",
    "packages/helium/test/generation/edges.test.ts",
    "packages/helium/test/generation/watermark.test.ts",
    "packages/helium/test/generation/guidance.test.ts",
    "packages/helium/test/generation/typed-errors.test.ts",
    "packages/helium/test/generation/options.test.ts",
    "packages/helium/test/generation/generation.test.ts",
  ],
  bugs: [
    ...bugsIn(
      "helium/src/generation/processors/no-repeat-ngram.ts",
      ["a text of exactly n is left alone", "if (ids.length >= n)", "if (ids.length > n)"],
      [
        "the tail has n tokens",
        "followers(ids, ids.slice(ids.length + 1 - n)",
        "followers(ids, ids.slice(ids.length - n)",
      ],
      [
        "the last occurrence is not looked at",
        "start + tail.length < ids.length",
        "start + tail.length < ids.length - 1",
      ],
    ),
    ...bugsIn("helium/src/generation/processors/no-repeat-ngram.ts", [
      "rows read the first prompt",
      "prompts[row] ?? []",
      "prompts[0] ?? []",
    ]),
    ...bugsIn("helium/src/generation/processors/repetition-penalty.ts", [
      "prompt tokens become rarer",
      "1 / penalty",
      "penalty",
    ]),
    ...bugsIn(
      "helium/src/generation/processors/repetition-penalty.ts",
      ["negative scores are divided", "score < 0 ? score * penalty : score / penalty", "score / penalty"],
      ["tokens that come twice pay twice", "of new Set(tokens)", "of tokens"],
      ["padding counts as history", "ids.slice(leadingMasked[row] ?? 0)", "ids"],
      ["every row has the first one's padding", "leadingMasked[row] ?? 0", "leadingMasked[0] ?? 0"],
    ),
    ...bugsIn(
      "helium/src/generation/processors/top-p.ts",
      ["of equal probabilities all stay", "let equals = removed - sorted.indexOf(threshold);", "let equals = 0;"],
      [
        "of equal probabilities the last go",
        "let equals = removed - sorted.indexOf(threshold);\n    for (let i = 0; i < scores.length; i++) {",
        "let equals = removed - sorted.indexOf(threshold);\n    for (let i = scores.length - 1; i >= 0; i--) {",
      ],
      ["exactly 1 − p stays", "if (cumulated > 1 - p) break;", "if (cumulated >= 1 - p) break;"],
      ["keep is ignored", "sorted.length - keep;", "sorted.length - 1;"],
    ),
    ...bugsIn(
      "helium/src/generation/processors/top-k.ts",
      ["ties at the threshold go", "(scores[i] ?? 0) < threshold", "(scores[i] ?? 0) <= threshold"],
      ["keep is ignored", "Math.max(k, keep)", "k"],
    ),
    ...bugsIn(
      "helium/src/generation/processors/top-h.ts",
      ["the likeliest may go", "rank === 0 || cumulated <= most", "cumulated <= most"],
      [
        "the bound is reached too early",
        "cumulated <= most)",
        "cumulated < most)",
        "the sum equals h times the entropy for one h only, which rounding decides",
      ],
      ["h is left out", "h === 1 ? Infinity : h * entropyOf", "h === 1 ? Infinity : entropyOf"],
      ["200 candidates are looked at", "const CANDIDATES = 100;", "const CANDIDATES = 200;"],
    ),
    ...bugsIn("helium/src/generation/processors/probability-cutoffs.ts", [
      "the bound is p itself",
      "p * most, keep",
      "p, keep",
    ]),
    ...bugsIn(
      "helium/src/generation/processors/probability-cutoffs.ts",
      ["keep is ignored", "kthLargest(scores, keep)", "kthLargest(scores, 1)"],
      ["a token as likely as the bound goes", "(probabilities[i] ?? 0) < least", "(probabilities[i] ?? 0) <= least"],
    ),
    ...bugsIn(
      "helium/src/generation/processors/probability-cutoffs.ts",
      ["the root is left out", "Math.sqrt(epsilon) * Math.exp", "epsilon * Math.exp"],
      ["the larger bound counts", "Math.min(epsilon, ", "Math.max(epsilon, "],
    ),
    ...bugsIn(
      "helium/src/generation/processors/typical-p.ts",
      ["the likeliest come first", "Math.abs(-l - entropy)", "-l"],
      ["the mass is passed by one token more", "if (cumulated >= mass) break;", "if (cumulated > mass + 0.2) break;"],
      ["keep is ignored", "order.subarray(keep)", "order.subarray(1)"],
      [
        "the ∞ of removed tokens spoils the order",
        "compare(distance[a] ?? 0, distance[b] ?? 0) || a - b",
        "(distance[a] ?? 0) - (distance[b] ?? 0) || a - b",
        "∞ − ∞ is NaN, behind which the places decide too",
      ],
    ),
    ...bugsIn(
      "helium/src/generation/processors/exponential-decay-length-penalty.ts",
      ["the prompt counts", "ids.length - promptLength - start", "ids.length - start"],
      ["the factor is not raised to a power", "factor ** beyond - 1", "factor - 1"],
      ["negative scores fall", "Math.abs(score) *", "score *"],
      ["removed tokens become NaN", "score !== undefined && Number.isFinite(score)", "score !== undefined"],
    ),
    ...bugsIn("helium/src/generation/processors/forced-tokens.ts", [
      "it is forced one token late",
      "ids.length === maxLength - 1",
      "ids.length === maxLength",
    ]),
    ...bugsIn("helium/src/generation/processors/forced-tokens.ts", [
      "it is forced after any prompt",
      "if (ids.length === 1)",
      "if (ids.length >= 1)",
    ]),
    ...bugsIn("helium/src/generation/processors/forced-tokens.ts", [
      "forced tokens keep their score",
      "scores[token] = 0;",
      "scores[token] = -1;",
    ]),
    ...bugsIn("helium/src/generation/processors/processor.ts", [
      "the last token cannot be removed",
      "if (token < scores.length) scores[token] = -Infinity;",
      "if (token < scores.length - 1) scores[token] = -Infinity;",
    ]),
    ...bugsIn(
      "helium/src/generation/processors/suppress-tokens.ts",
      ["the forced bos is not counted", "(promptLength === 1 && value(forcedBosDefinition) !== null ? 1 : 0)", "0"],
      ["forced tokens may be suppressed", "forced.every((token) => suppressed.includes(token))", "forced.length === 0"],
    ),
    ...bugsIn("helium/src/generation/processors/top-k.ts", ["topK 50 is off", "default: 50,", "default: 0,"]),
    ...bugsIn("helium/src/generation/processors/top-p.ts", [
      "top-p 1 runs all the same",
      "p === 1",
      "p === 2",
      "with p = 1 nothing is removed",
    ]),
    ...bugsIn("helium/src/generation/processors/min-length.ts", [
      "minNewTokens counts the prompt",
      "context.promptLength + newTokens : length",
      "newTokens : length",
      "the processor of minNewTokens counts for itself",
    ]),
    ...bugsIn("helium/src/generation/processors/min-length.ts", [
      "the last but one may end",
      "ids.length < length",
      "ids.length < length - 1",
    ]),
    ...bugsIn(
      "helium/src/generation/processors/min-length.ts",
      ["the prompt counts as new", "ids.length - promptLength < count", "ids.length < count"],
      ["one token more is asked for", "ids.length - promptLength < count", "ids.length - promptLength <= count"],
    ),
    ...bugsIn(
      "helium/src/generation/processors/sequence-bias.ts",
      [
        "biases of one sequence add up",
        "new Map(biases.map((entry) => [entry[0].join(), entry]))",
        "new Map(biases.map((entry, i) => [String(i), entry]))",
      ],
      ["a row that is the prefix is too short", "sequence.length - 1 > ids.length", "sequence.length > ids.length"],
      ["the prefix may stand anywhere", "const start = ids.length - (sequence.length - 1);", "const start = 0;"],
      ["an eos may be a bad word", "rest.length > 0 || first === undefined || !eosTokenIds.has(first)", "true"],
      ["two biases of one token: the last counts", "(scores[last] ?? 0) + bias", "bias"],
    ),
    ...bugsIn(
      "helium/src/generation/processors/prefix-allowed-tokens.ts",
      ["rows ask as the first prompt", "Math.floor(first / rowsPerPrompt)", "0"],
      ["beams ask as prompts", "Math.floor(first / rowsPerPrompt)", "first"],
      [
        "allowed tokens that were removed stay removed",
        "[token, isOpen ? (scores[token] ?? 0) : 0]",
        "[token, scores[token] ?? 0]",
      ],
    ),
    ...bugsIn(
      "helium/src/generation/processors/guidance-scale.ts",
      [
        "the scale is of the unconditional side",
        "(u[i] ?? 0) + g * ((l[i] ?? 0) - (u[i] ?? 0))",
        "(l[i] ?? 0) + g * ((u[i] ?? 0) - (l[i] ?? 0))",
      ],
      [
        "logits are not normalised",
        "const u = logSoftmaxRow(without[row] ?? scores);",
        "const u = without[row] ?? scores;",
      ],
      ["the unconditional rows read no new tokens", "      isFirst = false;\n", ""],
      ["beams leave the unconditional rows behind", "unconditional.select(parents)", "void parents"],
    ),
    ...bugsIn(
      "helium/src/generation/processors/rescaling.ts",
      ["−∞ becomes the largest", "Math.sign(score) * LARGEST_F32", "LARGEST_F32"],
      ["NaN stays", "if (Number.isNaN(score)) scores[i] = 0;\n      else if", "if"],
    ),
    ...bugsIn(
      "helium/src/generation/processors/mersenne-twister.ts",
      ["the last tempering is left out", "(y ^ (y >>> 18)) >>> 0", "y >>> 0"],
      [
        "the last place can be drawn by the one before",
        "i < n - 1; i++",
        "i < n; i++",
        "the remainder by 1 is 0: nothing moves, and nothing is drawn after it",
      ],
    ),
    ...bugsIn(
      "helium/src/generation/processors/watermark.ts",
      ["the ratio is rounded up", "Math.floor(vocabSize * greenlistRatio)", "Math.ceil(vocabSize * greenlistRatio)"],
      ["a short row is marked", "if (ids.length < contextWidth) return;", ""],
      [
        "products do not wrap",
        "BigInt.asIntN(64, BigInt(hashingKey) * at(token) * last)",
        "BigInt(hashingKey) * at(token) * last",
      ],
      ["the remainder has the sign of the hash", "((hash % modulus) + modulus) % modulus", "hash % modulus"],
      ["selfhash tries 20 tokens", "const TRIED = 40;", "const TRIED = 20;"],
    ),
    ...bugsIn("helium/src/generation/ranking.ts", [
      "many are ranked one too low",
      "scores.slice().sort()[scores.length - count]",
      "scores.slice().sort()[scores.length - count - 1]",
    ]),
    ...bugsIn(
      "helium/src/generation/processors/call-processors.ts",
      ["beams keep one token only", "numBeams > 1 ? (eosTokenIds.size || 1) + 1 : 1", "1"],
      [
        "own processors come last",
        "[...before, ...own.filter((processor) => !replacing.has(processor)), ...after]",
        "[...before, ...after, ...own.filter((processor) => !replacing.has(processor))]",
      ],
      ["a replacement runs twice", "replacing.add(replacement);", ""],
      [
        "greedy decoding has the processors of sampling",
        "settings.doSample ? made(builtIn.sampling) : []",
        "made(builtIn.sampling)",
      ],
      ["rows drawn read other prompts", "prompts: ofRows(inputIds)", "prompts: inputIds"],
      ["padding of a row counts for its copies' first", "leadingMasked: ofRows(", "leadingMasked: Array.from("],
      ["null of a sampling option is its default", "=== null) return off;", "=== null) return otherwise;"],
      [
        "a config's sampling numbers are checked where nothing is drawn",
        "if (isLenient && !isCalled && !doSample) return otherwise;",
        "",
      ],
    ),
  ],
};
