import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { serveWorker } from "../worker.ts";
import { serveRoles } from "./serve-roles.ts";
import { setWorkerFactory, workerFactory } from "./worker-factory.ts";

/** A worker's global scope, in this process. */
interface Scope {
  onmessage?: (event: { readonly data: unknown }) => void;
}
const scope = globalThis as unknown as Scope;
const tell = (data: unknown): void => scope.onmessage?.({ data });

describe("a script that may be several workers", () => {
  const posted: unknown[][] = [];
  const reported = vi.fn();
  const made: unknown[][] = [];

  beforeEach(() => {
    posted.length = made.length = 0;
    vi.stubGlobal("postMessage", (...message: unknown[]) => posted.push(message));
    vi.stubGlobal("reportError", reported);
    vi.stubGlobal("location", { href: "https://page.example/helium-worker.js" });
    vi.stubGlobal(
      "Worker",
      class {
        constructor(...given: unknown[]) {
          made.push(given);
        }
      },
    );
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    delete scope.onmessage;
    setWorkerFactory(null);
    reported.mockReset();
  });

  test("is what the first message says, and hears in order what came before it was", async () => {
    const heard: unknown[] = [];
    serveRoles({
      echo: async () => (listen, send) =>
        listen((message: unknown) => {
          heard.push(message);
          send(message, []);
        }),
    });
    tell({ role: "echo" });
    for (const n of [1, 2]) tell(n);
    expect(heard).toEqual([]);
    await expect.poll(() => heard).toEqual([1, 2]);
    tell(3);
    expect(heard).toEqual([1, 2, 3]);
    expect(posted).toEqual([1, 2, 3].map((n) => [n, []]));
  });

  test("tells the page of a role that it has not", async () => {
    serveWorker();
    tell({ role: "engine" });
    await expect.poll(() => reported.mock.calls.length).toBe(1);
    expect(String(reported.mock.calls[0]?.[0])).toMatch(/no role "engine"; serve that of @helium-lm\/helium\/worker/);
  });

  test.each([
    [
      "module",
      () => {
        throw new TypeError("in a module");
      },
    ],
    ["classic", () => undefined],
  ])("makes its own workers of itself: a %s script", (type, importScripts) => {
    vi.stubGlobal("importScripts", importScripts);
    serveWorker();
    workerFactory()?.();
    expect(made).toEqual([["https://page.example/helium-worker.js", { type }]]);
  });
});
