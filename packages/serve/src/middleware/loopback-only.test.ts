import { describe, expect, it } from "vitest";
import { ask, echoServer, errorOf } from "../../test/echo-server.ts";

const server = echoServer({ loopbackOnly: true, corsOrigins: ["https://listed.example"] });

describe("a server that only this machine reaches", () => {
  it.each([
    "localhost",
    "localhost:8000",
    "127.0.0.1:8000",
    "127.1.2.3",
    "[::1]:8000",
    "app.localhost:80",
    "LOCALHOST",
  ])("answers to the name %s", async (host) => {
    expect((await ask(server, "/echo", { headers: { host } })).status).toBe(200);
  });

  it.each([
    "evil.example",
    "evil.example:8000",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "192.168.0.2",
    "0.0.0.0",
    "a b",
    "",
  ])("refuses the name %j, to which a page may have bound its address", async (host) => {
    expect(await errorOf(await ask(server, "/echo", { headers: { host } }))).toMatchObject({
      ...{ status: 403, type: "permission_error", code: "forbidden_origin" },
    });
  });

  it.each([
    "http://localhost:3000",
    "http://127.0.0.1",
    "https://listed.example",
    "vscode-webview://abc",
    "app://obsidian.md",
  ])("takes requests of %s", async (origin) => {
    expect((await ask(server, "/echo", { headers: { origin } })).status).toBe(200);
  });

  it.each(["https://evil.example", "http://localhost.evil.example", "null"])("refuses those of %s", async (origin) => {
    expect((await ask(server, "/echo", { headers: { origin } })).status).toBe(403);
  });

  it("a page may be let in by * ", async () => {
    const open = echoServer({ loopbackOnly: true, corsOrigins: ["*"] });
    expect((await ask(open, "/echo", { headers: { origin: "https://any.example" } })).status).toBe(200);
  });
});

it("one that others reach does not ask", async () => {
  expect(
    (await ask(echoServer(), "/echo", { headers: { host: "gpu.example", origin: "https://page.example" } })).status,
  ).toBe(200);
});
