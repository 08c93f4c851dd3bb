import { expect, it } from "vitest";
import { ask } from "../../test/echo-server.ts";
import { fakeServer } from "../../test/fake-server.ts";

it("while the first models are loaded neither health nor readiness is said", async () => {
  let finishLoading = (): void => undefined;
  const loadable = new Promise<void>((resolve) => (finishLoading = resolve));
  const { server } = fakeServer({}, { loadable });
  expect((await ask(server, "/ready")).status).toBe(200);
  const loading = server.preload();
  for (const path of ["/health", "/ready"]) {
    const response = await ask(server, path);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ status: "loading", models: { fake: "loading" } });
  }
  finishLoading();
  await loading;
  for (const path of ["/health", "/ready"]) {
    const response = await ask(server, path);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: "ok", models: { fake: "loaded" } });
  }
  server.dispose();
});

it("a server whose model could not be loaded lives, but is not ready", async () => {
  const { server } = fakeServer({}, { fails: 1 });
  await expect(server.preload()).rejects.toThrow("the disk is gone");
  expect((await ask(server, "/health")).status).toBe(200);
  const ready = await ask(server, "/ready");
  expect(ready.status).toBe(503);
  expect(await ready.json()).toEqual({ status: "failed", models: { fake: "failed" } });
  server.dispose();
});
