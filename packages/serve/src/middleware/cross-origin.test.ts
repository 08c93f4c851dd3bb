import { expect, it } from "vitest";
import { ask, echoServer } from "../../test/echo-server.ts";

const page = "https://page.example";
const preflight = {
  method: "OPTIONS",
  headers: {
    origin: page,
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization,content-type",
  },
};

it("is off unless told otherwise", async () => {
  const server = echoServer();
  for (const response of [
    await ask(server, "/echo", { headers: { origin: page } }),
    await ask(server, "/echo", preflight),
  ])
    expect([...response.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
});

it("pages of a listed origin may ask and read, others may not", async () => {
  const server = echoServer({ corsOrigins: [page, "https://other.example"], apiKeys: ["key"] });
  const allowed = await ask(server, "/echo", preflight);
  // A preflight brings no key.
  expect(allowed.status).toBe(204);
  expect(allowed.headers.get("access-control-allow-origin")).toBe(page);
  expect(allowed.headers.get("access-control-allow-headers")).toBe("authorization,content-type");
  expect(allowed.headers.get("access-control-allow-methods")).toContain("POST");
  const read = await ask(server, "/echo", { headers: { origin: page, "x-api-key": "key" } });
  expect(read.headers.get("access-control-allow-origin")).toBe(page);
  expect(read.headers.get("access-control-expose-headers")).toContain("x-request-id");
  const refused = await ask(server, "/echo", {
    ...preflight,
    headers: { ...preflight.headers, origin: "https://evil.example" },
  });
  expect(refused.headers.get("access-control-allow-origin")).toBe(null);
});

it("an error, too, may be read", async () => {
  const server = echoServer({ corsOrigins: [page], apiKeys: ["key"] });
  const response = await ask(server, "/echo", { headers: { origin: page } });
  expect(response.status).toBe(401);
  expect(response.headers.get("access-control-allow-origin")).toBe(page);
});

it("* is all origins", async () => {
  const response = await ask(echoServer({ corsOrigins: ["*"] }), "/echo", { headers: { origin: page } });
  expect(response.headers.get("access-control-allow-origin")).toBe("*");
});
