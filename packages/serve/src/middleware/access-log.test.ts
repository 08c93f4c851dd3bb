import { expect, it } from "vitest";
import type { ServerLog } from "../server-log.ts";
import { ask, echoServer, send } from "../../test/echo-server.ts";

/** A log that keeps its lines. */
function keptLog(): { readonly log: ServerLog; readonly lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const write =
    (level: string) =>
    (facts: Readonly<Record<string, unknown>>, message: string): void =>
      void lines.push({ level, message, ...facts });
  return { log: { info: write("info"), warn: write("warn"), error: write("error") }, lines };
}

it("writes one line for a request, with the id that the client is told", async () => {
  const { log, lines } = keptLog();
  const server = echoServer({ log });
  const response = await ask(server, "/echo?key=4711");
  const requestId = response.headers.get("x-request-id");
  expect(requestId).toMatch(/^req-[0-9a-f]{24}$/);
  expect(lines).toEqual([
    {
      level: "info",
      message: "request",
      requestId,
      method: "GET",
      path: "/echo",
      status: 200,
      ms: expect.any(Number) as number,
    },
  ]);
});

it("takes the client's own id where it has a usual form", async () => {
  const { log, lines } = keptLog();
  const server = echoServer({ log });
  const own = await ask(server, "/echo", { headers: { "x-request-id": "trace:4.2-a_b" } });
  expect(own.headers.get("x-request-id")).toBe("trace:4.2-a_b");
  for (const odd of ["a b", "x".repeat(129), "<script>"])
    expect((await ask(server, "/echo", { headers: { "x-request-id": odd } })).headers.get("x-request-id")).toMatch(
      /^req-/,
    );
  expect(lines[0]).toMatchObject({ requestId: "trace:4.2-a_b" });
});

it("never writes what a request says: bodies, keys, queries, messages of failures", async () => {
  const { log, lines } = keptLog();
  const server = echoServer({ log, apiKeys: ["4711"] });
  const headers = { authorization: "Bearer 4711" };
  await send(server, '{"prompt":"4711"}', headers);
  await send(server, "4711 is no JSON {", headers);
  await send(server, '{"prompt":"4711"}', { authorization: "Bearer 4711-is-wrong" });
  await ask(server, "/echo?api_key=4711", { headers });
  const broken = await ask(server, "/broken", { headers });
  expect(await broken.text()).not.toContain("4711");
  expect(lines.map(({ status }) => status)).toEqual([200, 400, 401, 200, undefined, 500]);
  expect(lines[4]).toMatchObject({
    level: "error",
    error: "TypeError",
    stack: expect.stringContaining("echo-server") as string,
  });
  expect(JSON.stringify(lines)).not.toContain("4711");
});

it("counts by route, not by path, and what was not found together", async () => {
  const server = echoServer();
  for (const path of ["/v1/models/a", "/v1/models/b", "/no/such/1", "/no/such/2"]) await ask(server, path);
  const text = await (await ask(server, "/metrics")).text();
  expect(text).toContain('helium_http_requests_total{method="GET",route="/v1/models/:model",status="404"} 2\n');
  expect(text).toContain('helium_http_requests_total{method="GET",route="unmatched",status="404"} 2\n');
  expect(text).toContain('helium_http_request_duration_seconds_count{method="GET",route="unmatched"} 2\n');
});
