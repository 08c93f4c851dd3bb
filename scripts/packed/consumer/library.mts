// What an application written in strict TypeScript says of the library.
import { AutoModelForCausalLM, AutoTokenizer, createEngineWorker, type LoadOptions } from "@helium-lm/helium";
import { generate, processors, stopping, type GenerateOptions } from "@helium-lm/helium/generation";
import { exportGguf, type FamilyName } from "@helium-lm/helium/gguf";
import { serveWorker } from "@helium-lm/helium/worker";
import { fetchSource, SafetensorsFile } from "@helium-lm/nn";
import { openSafetensors } from "@helium-lm/nn/io/node";
import { add, createBackend, NodeOnlyError, setWorkerFactory, tensor, type Storage } from "@helium-lm/tensor";

export async function write(options: LoadOptions): Promise<string | undefined> {
  const tokenizer = await AutoTokenizer.fromPretrained("helium-nano");
  const model = await AutoModelForCausalLM.fromPretrained("helium-nano", options);
  const { sequences } = await model.generate({ ...tokenizer("A text"), maxNewTokens: 8 });
  model.dispose();
  return tokenizer.batchDecode(sequences, { skipSpecialTokens: true })[0];
}

// Types of a namespace are those of the package.
export const loud: processors.LogitsProcessor = processors.temperature(0.5);
export const row = (given: processors.LogitsRow): number => given.ids.length;
export const mark: processors.WatermarkingConfig = { greenlistRatio: 0.5 };
export const end: stopping.StoppingCriterion = stopping.maxTime(7);
export type Texts = stopping.StopStringTokenizer;
export const chosen: GenerateOptions = { logitsProcessors: [loud], stoppingCriteria: [end], watermarkingConfig: mark };

export async function three(): Promise<readonly number[]> {
  const backend = await createBackend("cpu");
  using sum = add(tensor(backend, [1]), tensor(backend, [2]));
  return [...(await sum.data())];
}

export const rest = {
  createEngineWorker,
  exportGguf,
  fetchSource,
  generate,
  openSafetensors,
  SafetensorsFile,
  serveWorker,
};
export const refused = (error: unknown): boolean => error instanceof NodeOnlyError;
export const hosted = (make: () => Worker): void => setWorkerFactory(make);
export type Named = readonly [FamilyName, Storage];
