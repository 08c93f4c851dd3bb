import { ModelServer, type ServerOptions } from "@helium-lm/serve";
import { withWork } from "../src/http/request-work.ts";
import { fakeModel, type FakeEngine, type FakeModelSetup } from "./fake-model.ts";

/** A server with one model that does what its test says, and a route that asks it for a text. */
export function fakeServer(
  options: Partial<ServerOptions> = {},
  setup: FakeModelSetup = {},
): { readonly server: ModelServer; readonly engines: readonly FakeEngine[] } {
  const { entry, engines } = fakeModel("fake", setup);
  const server = new ModelServer({ models: [entry], ...options });
  const { registry, admission, metrics, state, batches } = server;
  const context = { registry, admission, metrics, state, batches, options: server.options };
  server.app.post("/text", (c) =>
    withWork(c, context, "fake", async (work) => {
      await work.admit(1);
      const { model, signal } = work;
      const { ids } = await model.engine.submit({ inputIds: [1], signal }).result;
      return c.json({ ids });
    }),
  );
  return { server, engines };
}
