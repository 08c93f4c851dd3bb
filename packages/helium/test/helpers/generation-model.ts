import { createBackend, type Backend } from "@helium-lm/tensor";
import { AutoModelForCausalLM, type ModelForCausalLM } from "@helium-lm/helium";
import { afterAll, beforeAll, expect } from "vitest";
import { fixtureWith } from "./fixture-with.ts";

export interface OpenModel {
  readonly backend: Backend;
  readonly model: ModelForCausalLM;
  /** Storages of the weights alone: what is left after every call. */
  readonly weightHandles: number;
}

/**
 * A tiny checkpoint of the fixtures for the tests of a `describe`; in the end nothing may be left of it.
 *
 * @param config keys of its config.json that are replaced
 */
export function openFixtureModel(
  family: string,
  backendName = "cpu",
  config: Readonly<Record<string, unknown>> = {},
): OpenModel {
  let backend: Backend;
  let model: ModelForCausalLM;
  let weightHandles = 0;
  beforeAll(async () => {
    backend = await createBackend(backendName);
    model = await AutoModelForCausalLM.fromPretrained(await fixtureWith(family, config), { backend });
    weightHandles = backend.memory().handles;
  });
  afterAll(() => {
    model.dispose();
    expect(backend.memory().handles).toBe(0);
  });
  return {
    get backend() {
      return backend;
    },
    get model() {
      return model;
    },
    get weightHandles() {
      return weightHandles;
    },
  };
}
