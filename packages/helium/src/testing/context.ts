import { createBackend, type Backend } from "@helium-lm/tensor";
import { loadModel } from "../loading/load-model.ts";
import type { FamilyOptions } from "./options.ts";
import type { SuiteContext } from "./drawn-model.ts";

/** Backends that promise a row the same bits whatever it is computed together with. */
const bitExactBackends: readonly string[] = ["reference", "cpu", "wasm"];

/** The backend to test and the one to compare with: `reference`, or `cpu` where the former is the one under test. */
export async function createContext({
  backend: wanted = "cpu",
  bitExactRows = typeof wanted === "string" && bitExactBackends.includes(wanted),
  load = loadModel,
}: FamilyOptions): Promise<SuiteContext> {
  const backend: Backend = typeof wanted === "string" ? await createBackend(wanted) : await wanted();
  const reference = await createBackend(backend.name === "reference" ? "cpu" : "reference");
  return { backend, reference, bitExactRows, load };
}

/** Frees both; says how many storages were alive on the tested one. */
export function disposeContext({ backend, reference }: SuiteContext): number {
  const { handles } = backend.memory();
  backend.dispose();
  reference.dispose();
  return handles;
}
