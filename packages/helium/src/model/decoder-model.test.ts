import { expect, it } from "vitest";
import { fixturePath } from "../../../../testing/fixtures.ts";
import { InputError } from "../errors.ts";
import { loadModel } from "../loading/load-model.ts";

it("a pass that fails frees the cache that it made itself", async () => {
  using model = await loadModel("base", fixturePath("models/helium/base"), { backend: "cpu" });
  const { handles } = model.backend.memory();
  // The positions are looked at behind the cache's room.
  expect(() => model.forward({ inputIds: [[3, 5]], positionIds: [[0]], useCache: true })).toThrow(InputError);
  expect(model.backend.memory().handles).toBe(handles);
});
