import { fileURLToPath } from "node:url";
import { scope } from "@helium-lm/tensor";
import { AutoModelForCausalLM } from "@helium-lm/helium";
import type { Case, Contestant } from "../harness.ts";

const folder = fileURLToPath(new URL("../../models/helium-nano", import.meta.url));

/** Prompts on the naive side are shorter: it does a few tokens per second. */
const PROMPT = { cpu: 128, reference: 8 } as const;
const STEPS = { cpu: 16, reference: 1 } as const;

type BackendName = keyof typeof PROMPT;

/** helium-nano through the public API: the `cpu` backend beside the naive loops of `reference`. */
export async function nanoCases(): Promise<Case[]> {
  const [ours, naive] = [await contestants("cpu"), await contestants("reference")];
  return [
    { name: `nano prefill, ${PROMPT.cpu} tokens`, unit: "tok/s", ours: ours.prefill, naive: naive.prefill },
    { name: `nano decode after ${PROMPT.cpu} tokens`, unit: "tok/s", ours: ours.decode, naive: naive.decode },
  ];
}

async function contestants(backend: BackendName): Promise<{ prefill: Contestant; decode: Contestant }> {
  const model = await AutoModelForCausalLM.fromPretrained(folder, { backend });
  const prompt = Array.from({ length: PROMPT[backend] }, (_, i) => 4 + ((i * 37) % 6000));
  const feed = (ids: readonly number[], cache: ReturnType<typeof model.createCache>): void => {
    scope(() => {
      model.forward({ inputIds: [ids], pastKeyValues: cache, useCache: true, logitsToKeep: 1 });
    });
  };
  const held = model.createCache();
  feed(prompt, held);
  return {
    prefill: {
      run: () => {
        using cache = model.createCache();
        feed(prompt, cache);
      },
      work: prompt.length,
    },
    decode: {
      run: () => {
        for (let i = 0; i < STEPS[backend]; i++) feed([5 + i], held);
        held.crop(STEPS[backend]);
      },
      work: STEPS[backend],
    },
  };
}
