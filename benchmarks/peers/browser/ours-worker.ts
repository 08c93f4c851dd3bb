import { AutoModelForCausalLM, ggufSource } from "@helium-lm/helium";
import { blobSource } from "@helium-lm/nn";
import { createWasmBackend } from "@helium-lm/tensor/backends/wasm";
import { modelRunner } from "../ours/model-runner.ts";
import type { LineHandlers } from "../serve-lines.ts";

type Message =
  | { readonly file: File; readonly vocab: number; readonly threads: number }
  | { readonly prefill: number }
  | { readonly decode: number; readonly steps: number };

let runner: LineHandlers | undefined;

async function answer(message: Message): Promise<number> {
  if ("file" in message) {
    const { file, vocab, threads } = message;
    const backend = await createWasmBackend({ threads });
    const files = ggufSource(blobSource(file, file.name));
    runner = modelRunner(await AutoModelForCausalLM.fromPretrained(files, { backend }), vocab);
    return 0;
  }
  if (!runner) throw new Error("no model yet");
  return "prefill" in message ? runner.prefill(message.prefill) : runner.decode(message.decode, message.steps);
}

self.onmessage = ({ data }: MessageEvent<Message>) => {
  answer(data).then(
    (seconds) => self.postMessage({ seconds }),
    (error: unknown) => self.postMessage({ error: error instanceof Error ? error.message : String(error) }),
  );
};
