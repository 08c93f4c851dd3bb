import { bugsIn, type Area } from "./area.ts";

export const weights: Area = {
  name: "weights",
  tests: [
    "packages/nn/src/weights/checkpoint-weights.test.ts",
    "packages/helium/test/models/models.test.ts",
    "packages/helium/test/models/lifetime.test.ts",
    "packages/helium/test/gguf/gguf.test.ts",
  ],
  bugs: [
    ...bugsIn(
      "nn/src/weights/checkpoint-weights.ts",
      ["another shape of the same rank passes", "|| info.shape.some((n, axis) => n !== shape[axis]))", ")"],
      ["another rank passes", "info.shape.length !== shape.length || ", ""],
      ["a used tensor is reported as unused", "    this.#used.add(name);\n", ""],
      ["fresh weights are all alike", "fresh.seed + this.#fresh.length", "fresh.seed"],
      ["fresh vectors are drawn", "if (shape.length > 1) for (let i = 0;", "for (let i = 0;"],
      ["fresh weights have the deviation 1", "rng.normal() * fresh.std", "rng.normal()"],
      ["an abandoned load keeps its matrices", "      this.#given.push(made);\n", ""],
      [
        "a null name is asked for by its path",
        "this.#options.resolve ? this.#options.resolve(path) : path",
        "this.#options.resolve?.(path) ?? path",
      ],
      [
        "the signal is not heard",
        "    this.#options.signal?.throwIfAborted();\n    if (this.#abandoned) throw abandoned();",
        "    if (this.#abandoned) throw abandoned();",
      ],
    ),
    ...bugsIn("nn/src/weights/weight-source.ts", [
      "an inner prefix replaces the outer one",
      "prefixed(source, `${prefix}.${inner}`)",
      "prefixed(source, inner)",
    ]),
    ...bugsIn("nn/src/weights/stored-parts.ts", [
      "f16 elements are read as the dtype wanted",
      "info.dtype === dtype ? stored",
      "isDType(info.dtype) ? stored",
    ]),
    ...bugsIn(
      "nn/src/weights/convert-stored.ts",
      ["integers are converted too", "isFloat(stored) ? choose(stored) : stored", "choose(stored)"],
      ["elements keep their bits", "encode(decode(elements[i] ?? 0))", "(elements[i] ?? 0)"],
      [
        "bytes that are not aligned are read from the next",
        "bytes.byteOffset % width === 0 ? bytes : bytes.slice()",
        "bytes",
      ],
    ),
    ...bugsIn(
      "nn/src/kept/kept-dtypes.ts",
      ["vectors keep the file's dtype", '  if (shape.length < 2) return "f32";\n', ""],
      ["matrices become f32", 'return wanted === "auto" ? stored : wanted;', 'return "f32";'],
      ["a strict format falls back", "if (this.#options.strictDtype === true) quantRowBytes(wanted, columns);", ""],
      ["a fallback is not reported", "if (used !== wanted) this.#fallbacks.push({ path, wanted, used });", ""],
      ["a slow format is not reported", 'if (runs !== "kernel") this.#slow.push({ path, stored, kept, runs });', ""],
    ),
    ...bugsIn(
      "nn/src/kept/kept-matrix.ts",
      [
        "a format without a look-up counts as fast",
        'paths.includes(null) ? "composed"',
        'paths[0] === null ? "composed"',
      ],
      ["an unknown format is kept", "storesQuant(backend, stored)\n      ? {", "true\n      ? {"],
    ),
    ...bugsIn(
      "helium/src/convert/save-pretrained.ts",
      ["vectors stay f32", "t.rank > 1 ? t.dtype : vectorDType", "t.dtype"],
      ["null generation options are written", ".filter(([, value]) => value !== null && value !== undefined)", ""],
      ["generation options keep their camel case", "[snakeCase(key), value] as const", "[key, value] as const"],
      [
        "rows stay in the order of a GGUF file",
        "order(toWrite(name, t, matrixDType))",
        "toWrite(name, t, matrixDType)",
      ],
      ["bf16 bits are written as f32", "convertElements(await t.stored(), t.dtype, dtype)", "await t.stored()"],
    ),
    ...bugsIn(
      "helium/src/model/pretrained-model.ts",
      ["a disposed model is saved", 'this.checkLive("savePretrained", "save it before");', ""],
      [
        "weights are freed while they are saved",
        "[name, keep(shareMatrix(matrix))] as const",
        "[name, matrix] as const",
      ],
      ["a save keeps the backend for ever", "      this.#saves -= 1;\n", ""],
      [
        "its own backend outlives the model",
        "if (this.#disposed && this.#saves === 0) this.#ownBackend?.dispose();",
        "",
      ],
      ["the backend goes during a save", "this.#disposed && this.#saves === 0", "this.#disposed"],
      [
        "the base class is saved for every head",
        "classNameOf(familyOf(this.config.modelType), this.classSuffix)",
        'classNameOf(familyOf(this.config.modelType), "Model")',
      ],
    ),
    ...bugsIn(
      "helium/src/loading/load-model.ts",
      ["a failed load keeps its backend", "(started) => started.dispose(),", "() => undefined,"],
      ["the checkpoint stays open", "    await reader.close();\n", ""],
      [
        "the generation config is forgotten",
        "if (model instanceof ModelForCausalLM) model.generationConfig = generationConfig;",
        "",
      ],
      ["the file's own backend is not its own", "    model.ownBackend(await own);\n", ""],
    ),
  ],
};
