import { expect, it } from "vitest";
import { ask, echoServer, errorOf } from "../../test/echo-server.ts";

it("a server that shuts down takes no more requests, waits for those it has, and still lives", async () => {
  const server = echoServer();
  let answer = (): void => undefined;
  server.app.get("/slow", async (c) => {
    await new Promise<void>((resolve) => (answer = resolve));
    return c.text("done");
  });
  const slow = ask(server, "/slow");
  const drained = server.drain(10_000);
  const refused = await ask(server, "/echo");
  expect(refused.headers.get("connection")).toBe("close");
  expect(refused.headers.get("retry-after")).toBe("1");
  expect(await errorOf(refused)).toMatchObject({
    status: 503,
    type: "service_unavailable_error",
    code: "shutting_down",
  });
  expect((await ask(server, "/health")).status).toBe(200);
  expect((await ask(server, "/ready")).status).toBe(503);
  answer();
  expect(await (await slow).text()).toBe("done");
  expect(await drained).toBe(true);
});

it("it does not wait longer than it is told", async () => {
  const server = echoServer();
  server.app.get("/hangs", () => new Promise(() => undefined));
  void ask(server, "/hangs");
  expect(await server.drain(20)).toBe(false);
});
