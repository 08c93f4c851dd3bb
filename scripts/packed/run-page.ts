import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import type { Browser } from "playwright-core";

/** Threads need it. */
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".json": "application/json",
};

export interface PageRun {
  /** Where the bundle's page lies. */
  readonly folder: string;
  /** The model's, served as `/model/`. */
  readonly model: string;
  /** The page's Content-Security-Policy, for its scripts and workers too; null: none. */
  readonly policy: string | null;
  readonly task: object;
}

/** Serves a bundle on the loopback interface and lets the page's `check` do a task. */
export async function runPage(browser: Browser, { folder, model, policy, task }: PageRun): Promise<unknown> {
  const headers = { ...isolation, ...(policy !== null && { "Content-Security-Policy": policy }) };
  const server = await serve(
    (path) => (path.startsWith("/model/") ? join(model, path.slice(7)) : join(folder, path)),
    headers,
  );
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on("pageerror", ({ message }) => errors.push(message));
  try {
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await page.goto(`${address}/`);
    await page.waitForFunction("globalThis.check !== undefined", undefined, { timeout: 20_000 }).catch(() => {
      throw new Error(`the page has no check(): ${errors.join("; ") || "no error was told"}`);
    });
    const run = `check(${JSON.stringify({ ...task, model: `${address}/model/` })})`;
    return await page.evaluate(run);
  } finally {
    await page.close();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** A server of files that does what development servers do: no ranges, and its page for what it does not have. */
function serve(fileOf: (path: string) => string, headers: Readonly<Record<string, string>>): Promise<Server> {
  const server = createServer(({ url = "/" }, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const path = normalize(new URL(url, "http://page").pathname);
    const file = fileOf(path === "/" ? "/index.html" : path);
    send(existsSync(file) && statSync(file).isFile() ? file : fileOf("/index.html"), response);
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

function send(file: string, response: ServerResponse): void {
  response.setHeader("Content-Type", types[extname(file)] ?? "application/octet-stream");
  response.setHeader("Content-Length", statSync(file).size);
  createReadStream(file).pipe(response);
}
