import { expect, test } from "vitest";
import { openServer } from "./open-server.ts";

test("/openapi.json describes all routes but itself, and /docs lists them", async () => {
  await using server = await openServer();
  const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
    readonly openapi: string;
    readonly paths: Record<string, Record<string, { summary?: string; tags?: string[] }>>;
  };
  expect(document.openapi).toBe("3.1.0");
  const described = Object.keys(document.paths);
  const routes = new Set(
    server.server.app.routes
      .map(({ path }) => path.replace(/:(\w+)(\{.*?\})?/g, "{$1}"))
      .filter((path) => !path.includes("*")),
  );
  const undescribed = [...routes].filter((path) => !described.some((each) => each.replace(/\{\.\+\}$/, "") === path));
  // The server keeps no responses, and its models are chosen when it is started: these paths only say so.
  const refused = [
    ...["/api/blobs/{digest}", "/api/copy", "/api/create", "/api/delete", "/api/pull", "/api/push"],
    ...["/v1/responses/{id}", "/v1/responses/{id}/{part}"],
  ];
  expect(undescribed.sort()).toEqual([...refused, "/docs", "/openapi.json"].sort());
  const page = await (await fetch(`${server.url}/docs`)).text();
  for (const [path, methods] of Object.entries(document.paths)) {
    expect(page).toContain(`<code>${path}</code>`);
    for (const { summary, tags } of Object.values(methods)) expect([Boolean(summary), tags?.length]).toEqual([true, 1]);
  }
});
