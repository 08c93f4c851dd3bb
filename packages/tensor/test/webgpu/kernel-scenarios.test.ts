import { beforeAll, beforeEach, expect, test } from "vitest";
import { forkedOutcomes } from "./forked-outcomes.ts";
import { needDevice } from "./wgsl-device.ts";
import { scenarios } from "./scenarios/kernel-scenarios.ts";

/** Why not, by scenario. */
let outcomes: ReadonlyMap<string, { readonly name: string; readonly reason: string | null }> = new Map();

beforeAll(async () => void (outcomes = await forkedOutcomes("scenario-process.ts")), 300_000);

beforeEach(({ skip }) => needDevice(outcomes.size > 0, skip));

test.each([...scenarios.map(({ name }) => name), "nothing is left on the devices"])("%s", (name) => {
  expect(outcomes.get(name)).toEqual({ name, reason: null });
});
