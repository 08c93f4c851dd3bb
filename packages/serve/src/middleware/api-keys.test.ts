import { describe, expect, it } from "vitest";
import { ask, echoServer, errorOf } from "../../test/echo-server.ts";

const server = echoServer({ apiKeys: ["first-key", "second-key"], cacheSecret: "fixed" });

const saltOf = async (headers: Record<string, string>): Promise<string> => {
  const response = await ask(server, "/echo", { headers });
  expect(response.status).toBe(200);
  return ((await response.json()) as { readonly salt: string }).salt;
};

describe("with keys", () => {
  it.each<[string, Record<string, string>]>([
    ["Bearer", { authorization: "Bearer first-key" }],
    ["bearer in small letters", { authorization: "bearer second-key" }],
    ["x-api-key", { "x-api-key": "second-key" }],
  ])("who brings one as %s is let in", async (_, headers) => {
    expect(await saltOf(headers)).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each<[string, Record<string, string>]>([
    ["none", {}],
    ["a wrong one", { authorization: "Bearer first-kex" }],
    ["the start of one", { authorization: "Bearer first" }],
    ["one in capitals", { authorization: "Bearer FIRST-KEY" }],
    ["an empty one", { authorization: "Bearer " }],
    ["an empty x-api-key", { "x-api-key": "" }],
    ["another scheme", { authorization: "Basic first-key" }],
    ["both of them", { authorization: "Bearer first-key second-key" }],
  ])("who brings %s is not", async (_, headers) => {
    const response = await ask(server, "/echo", { headers });
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
    expect(await errorOf(response)).toMatchObject({
      ...{ status: 401, type: "authentication_error", code: "invalid_api_key", param: null },
      message: expect.stringMatching(/^API key: /) as string,
    });
  });

  it("the body of a request without one is not read", async () => {
    const response = await ask(server, "/echo", {
      method: "POST",
      body: new ReadableStream({ pull: () => expect.unreachable() }, { highWaterMark: 0 }),
    });
    expect(response.status).toBe(401);
  });

  it.each(["/health", "/ready", "/metrics"])("%s is open to all", async (path) => {
    expect((await ask(server, path)).status).toBe(200);
  });

  it("unless told otherwise", async () => {
    const closed = echoServer({ apiKeys: ["a"], openPaths: ["/health"] });
    expect((await ask(closed, "/metrics")).status).toBe(401);
    expect((await ask(closed, "/health")).status).toBe(200);
  });

  it("each key has its own salt, the same after a restart with the same secret", async () => {
    const first = await saltOf({ "x-api-key": "first-key" });
    expect(await saltOf({ authorization: "Bearer first-key" })).toBe(first);
    expect(await saltOf({ "x-api-key": "second-key" })).not.toBe(first);
    const again = echoServer({ apiKeys: ["first-key"], cacheSecret: "fixed" });
    const other = echoServer({ apiKeys: ["first-key"], cacheSecret: "another" });
    const salts = await Promise.all(
      [again, other].map(
        async (one) =>
          ((await (await ask(one, "/echo", { headers: { "x-api-key": "first-key" } })).json()) as { salt: string })
            .salt,
      ),
    );
    expect(salts[0]).toBe(first);
    expect(salts[1]).not.toBe(first);
  });
});

it("without keys everybody is let in, and shares what is stored", async () => {
  const response = await ask(echoServer(), "/echo", { headers: { authorization: "Bearer whatever" } });
  expect(await response.json()).toEqual({ salt: "" });
});
