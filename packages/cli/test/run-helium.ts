import { readFileSync } from "node:fs";
import { createBackend } from "@helium-lm/tensor";
import { loadModel } from "@helium-lm/helium";
import { run } from "../src/index.ts";
import { expect } from "vitest";
import { root } from "../../../testing/repository.ts";
import { capturedIo, type IoSetup } from "./captured-io.ts";

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command line. */
export async function helium(argv: readonly string[], setup: IoSetup = {}): Promise<Ran> {
  const io = capturedIo(setup);
  const code = await run(argv, io);
  return { code, out: io.out(), err: io.err() };
}

/** The object that a command prints with --json and nothing beside. */
export async function json<T>(...argv: string[]): Promise<T> {
  const { code, out, err } = await helium([...argv, "--json"]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return JSON.parse(out) as T;
}

/** What helium-nano writes in transformers. */
export const { greedy } = JSON.parse(readFileSync(`${root}models/helium-nano/expected.json`, "utf8")) as {
  readonly greedy: readonly {
    readonly prompt: string;
    readonly text: string;
    readonly input_ids: number[];
    readonly sequence: number[];
  }[];
};

/** Logits of the last position of a prompt, by a model on the cpu. */
export async function lastLogits(location: string, ids: readonly number[]): Promise<Float32Array> {
  const backend = await createBackend("cpu");
  try {
    using model = await loadModel("causal-lm", location, { backend });
    const { logits } = model.forward({ inputIds: [[...ids]] });
    const flat = Float32Array.from(await logits.data());
    logits.dispose();
    return flat.slice(-model.config.vocabSize);
  } finally {
    backend.dispose();
  }
}
