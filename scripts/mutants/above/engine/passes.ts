import { bugsIn, type PlantedBug } from "../area.ts";

/** In what goes into a pass, and in whose turn it is. */
export const passBugs: readonly PlantedBug[] = [
  ...bugsIn(
    "helium/src/engine/sequence-group.ts",
    [
      "the position after right padding is that of its slot",
      "(this.#positions[row]?.at(-1) ?? 0) + 1",
      "this.#ids[row]?.length ?? 0",
    ],
    [
      "the position after right padding skips it",
      "(this.#positions[row]?.at(-1) ?? 0) + 1",
      "Math.max(...(this.#positions[row] ?? [0])) + 1",
    ],
    ["positions count padding", "(visible ? seen++ : 0)", "seen++"],
    ["new tokens are masked", "this.#mask[row]?.push(1);", "this.#mask[row]?.push(0);"],
    ["a selection leaves the masks", "    this.#mask = pick(this.#mask);\n", ""],
    ["a selection leaves the cache", "if (this.#client.cache.batchSize > 0) this.#client.cache.select(parents);", ""],
    ["padding is seen", "visible: hasHoles ? mask : null", "visible: null"],
    [
      "padding before the text is computed",
      "Math.max(0, mask.indexOf(1))",
      "0",
      "it is masked: the numbers are the same",
    ],
    [
      "the cache outlives the boundary",
      "cached <= boundary && this.length > boundary",
      "cached <= boundary && this.length > boundary + 1e9",
    ],
    [
      "the boundary is reached one token early",
      "cached <= boundary && this.length > boundary",
      "cached <= boundary && this.length >= boundary",
    ],
    ["a failure leaves the caller's cache longer", "    else given.truncate(this.#given.length);\n", ""],
    ["the engine's pages are never let go", "    this.#client.close();\n    const given", "    const given"],
    ["copies share one row of logits", "row === rows[i - 1] ? row.map((values) => values.slice()) : row", "row"],
    [
      "copies of the prompt lie a b a b",
      "rows.flatMap((row) => Array.from({ length: copies }, () => [...row]))",
      "Array.from({ length: copies }, () => rows.map((row) => [...row])).flat()",
    ],
    ["a cut leaves the cache", "sequence.truncate(Math.max(0, length - skip));", "void [sequence, skip];"],
    [
      "the prefill chunk is ignored",
      "chunkSize: this.#start.prefillChunkSize",
      "chunkSize: null",
      "chunks of another size give the same numbers",
    ],
  ),
  ...bugsIn(
    "helium/src/engine/plan-pass.ts",
    [
      "tokens whose logits are wanted are cut apart",
      "return left - count > 0 && left - count < outputs ? left - outputs : count;",
      "return count;",
    ],
    [
      "positions lag behind",
      "positions: positions.slice(start, end)",
      "positions: positions.slice(skip, skip + count)",
    ],
    ["a pass has pages of two pools", "!work.isAlone && work.pool === pool", "!work.isAlone"],
    ["a text that is read whole shares passes", "first.isAlone ? [first] :", "false ? [first] :"],
    ["logits come before the prompt's end", "outputs: end === ids.length ? outputs : 0,", "outputs,"],
  ),
  ...bugsIn(
    "helium/src/engine/engine.ts",
    [
      "a failed pass keeps its tokens",
      "sequence.truncate(Math.min(sequence.length, lengths[i] ?? 0))",
      "void [sequence, i]",
    ],
    [
      "a masked text takes a stored prefix",
      "request.salt !== null && row.visible === null &&",
      "request.salt !== null &&",
    ],
    ["logits go to the wrong row", "(at += outputs)", "(at += 1)"],
    [
      "one that throws ends all",
      "if (works.length > 1) for (const work of works) work.isSuspect = true;\n      else",
      "",
    ],
    ["an abort is not heard", "if (signal?.aborted) this.#end(work, signal.reason);", ""],
  ),
  ...bugsIn(
    "nn/src/pass/step-inputs.ts",
    [
      "tables are as wide as needed, and one less",
      "2 ** Math.ceil(Math.log2(widest))",
      "2 ** Math.floor(Math.log2(widest))",
    ],
    ["new tokens lie where old ones are", "sequence.slot(sequence.length - ids.length + t)", "sequence.slot(t)"],
    [
      "the first tokens are looked at",
      "for (let t = ids.length - wanted; t < ids.length; t++)",
      "for (let t = 0; t < wanted; t++)",
    ],
    ["outputs count from the own start", "outputs.push(start + t)", "outputs.push(t)"],
    [
      "every sequence has the first one's table",
      "tables.set(sequence.pages, r * pages)",
      "tables.set(sequence.pages, 0)",
    ],
    ["queries of all begin at 0", "starts.push(start + ids.length)", "starts.push(ids.length)"],
    [
      "the new keys are not seen",
      "steps.map(({ sequence }) => sequence.length)",
      "steps.map(({ sequence, ids }) => sequence.length - ids.length)",
    ],
  ),
  ...bugsIn(
    "helium/src/engine/pass-inputs.ts",
    [
      "sizes with other outputs share buffers",
      "[tokens, sequences, pages, outputs].join",
      "[tokens, sequences, pages].join",
    ],
    [
      "the buffers used last go first",
      "    this.#kept.delete(key);\n    this.#kept.set(key, inputs);",
      "    this.#kept.set(key, inputs);",
    ],
    ["buffers are never let go", "if (this.#kept.size <= KEPT) break;", "if (this.#kept.size <= KEPT * 1e9) break;"],
  ),
  ...bugsIn(
    "helium/src/engine/engine-client.ts",
    ["the caller's cache is freed", "if (this.pool) this.cache.dispose();", "this.cache.dispose();"],
    ["tokens of a stored start count as computed", " - this.#adoptedTokens - held", " - held"],
    ["a row that goes on is taken for one that begins", "sequence.length === this.#adopted.get(sequence)", "true"],
    ["what is undone stays counted", "this.#count(sequence, found, 0);", ""],
    ["what was lost is counted twice", "this.#hadBefore.get(sequence) ?? 0", "0"],
    ["the salt is forgotten", "ids.slice(skip), salt, ", 'ids.slice(skip), "", '],
    ["padding is part of the prefix", "adoptPrefix(ids.slice(skip)", "adoptPrefix(ids.slice(0)"],
    ["another pool's pages are taken", "this.pool === pool && this", "this"],
  ),
  ...bugsIn(
    "helium/src/engine/shared-starts.ts",
    ["nobody waits", "return behind !== undefined;", "return false;"],
    ["one waits for what is there already", ", behind ? pagesThere(behind) : 0", ""],
    ["other salts are waited for", "earlier.salt !== later.salt || ", ""],
    ["slow readers are waited for", " || earlier.chunkSize < later.chunkSize", ""],
    ["what is looked at is waited for", "row.ids.length - row.skip - row.outputs", "row.ids.length - row.skip"],
    ["any text is waited for", "if (ids[skip + t] !== row.ids[row.skip + t]) return false;", ""],
    ["one waits for what it has", " || row.sequence.length >= next", ""],
  ),
  ...bugsIn(
    "helium/src/engine/work.ts",
    [
      "rows come in the order in which they end",
      "this.#outputs[rows.indexOf(row)]",
      "this.#outputs[this.#outputs.findIndex((taken) => taken.length === 0)]",
    ],
    ["the first row ends the request", "if (this.#outputs.some((taken, r)", "if (this.#outputs.every((taken, r)"],
    ["padding counts as work", "return ids.length - skip - sequence.length;", "return ids.length - sequence.length;"],
  ),
  ...bugsIn(
    "helium/src/engine/work.ts",
    ["a row draws all its tokens by one number", "uniforms[output] ?? 0", "uniforms[0] ?? 0"],
    ["rows draw by the first one's settings", "wanted.rows[row] ??", "wanted.rows[0] ??"],
  ),
  ...bugsIn(
    "helium/src/generation/generation-run.ts",
    [
      "greedy tokens pass by the processors",
      "!doSample && !isSeen && this.#processors.length === 0",
      "!doSample && !isSeen",
    ],
    ["greedy tokens leave no scores", "const isSeen = [outputScores, ", "const isSeen = ["],
    ["greedy tokens leave no logits", "[outputScores, outputLogits,", "[outputScores,"],
    ["NaN is the likeliest token", "if (!logits) return token;", "return token;"],
    [
      "the place among candidates is the token",
      "return isWhole ? place : (given.tokens[place] ?? place);",
      "return place;",
    ],
    [
      "copies of a row draw from used scores",
      "(isWhole ? given : given.logits).slice()",
      "isWhole ? given : given.logits",
    ],
  ),
];
