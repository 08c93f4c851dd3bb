import { defineCommand } from "../command.ts";
import { loadingOptions } from "../options/loading-options.ts";
import { flag, inGroup, integer, integers, perCall } from "../options/option-table.ts";

export const bench = defineCommand({
  name: "bench",
  operands: "[model]",
  operandKinds: ["model"],
  summary: "measure the speed of a model on this machine",
  details: `Measures tokens per second as llama-bench does, in this process: reading prompts (pp512: 512 tokens) and writing tokens
(tg128: 128 of them), at each of the depths (tokens that are there before), texts at a time and numbers of threads that are
given, separated by commas. The speed is that of all texts of a batch together. The report names the machine, the versions, what
loading took, memory, and how ops were carried out: by kernels of the backend, or which were not. On webgpu it also names the adapter, its features and limits, measures its roof (a read sweep, a loop in registers)
and prints, for a prompt and for a token that is written, each kernel's time, bytes and operations beside that roof. With --json, one object is
printed: {"version", "date", "machine", "model", "settings", "runs": [{"backend", "device", "loadSeconds", "memory", "kernels",
"replay", "kvDType", "results": [{"kind", "tokens", "depth", "batch", "best", "mean", "deviation", "runs"}, …]}, …]}.`,
  examples: [
    ["helium bench", "a small model: pp512 and tg128"],
    [
      "helium bench ./model.q4_0.gguf -p 128,512 -n 32 --threads 1,2",
      "prompts of two lengths, on one and on two threads",
    ],
    [
      "helium bench ./model.gguf -p 0 -n 64 --batch 1,8 --n-depth 0,256",
      "writing alone, one text and eight, near and far",
    ],
    ["helium bench ./model.gguf --markdown > speed.md", "a table to publish"],
  ],
  options: {
    nPrompt: { ...integers("n,…", 0, "tokens of prompts to read; default 512, 0 for no such test"), short: "p" },
    nGen: { ...integers("n,…", 0, "tokens to write; default 128, 0 for no such test"), short: "n" },
    nDepth: { ...integers("n,…", 0, "tokens of each text that are there before a test; default 0"), short: "d" },
    batch: integers("n,…", 1, "texts at a time; default 1"),
    repetitions: { ...integer("n", 1, "how often each test is measured; default 5"), short: "r" },
    budget: integer("n", 1, "tokens of one pass over all texts; default 512"),
    markdown: perCall(flag("print a table in Markdown")),
    ...loadingOptions,
    ...inGroup("Computing", {
      threads: { ...integers("n,…", 1, "numbers of threads; default one per physical core, at most 8"), short: "t" },
    }),
  },
  run: async (given, io) => (await import("../runs/run-bench.ts")).runBench(given, io),
});
