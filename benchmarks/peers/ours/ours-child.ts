import { AutoModelForCausalLM } from "@helium-lm/helium";
import { createWasmBackend } from "@helium-lm/tensor/backends/wasm";
import { serveLines } from "../serve-lines.ts";
import { batchRunner } from "./batch-runner.ts";
import { modelRunner } from "./model-runner.ts";

const [path = "", threads, vocab, context, codegen] = process.argv.slice(2);

await serveLines(async () => {
  const backend = await createWasmBackend({ threads: Number(threads), codegen: codegen === "wide" ? "wide" : "plain" });
  const model = await AutoModelForCausalLM.fromPretrained(path, { backend });
  const { codegen: got, codegenReason } = backend.info();
  return {
    ...modelRunner(model, Number(vocab), { slots: Number(context) }),
    commands: { ...batchRunner(model, Number(vocab)) },
    details: { codegen: got, codegenReason },
  };
});
