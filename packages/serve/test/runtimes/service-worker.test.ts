import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleForBrowser } from "../../../../testing/browser/bundle-for-browser.ts";
import { findChromium, needsChromium, softwareGraphics } from "../../../../testing/browser/chromium.ts";
import { root } from "../../../../testing/repository.ts";

const executablePath = findChromium();
const { greedy } = JSON.parse(readFileSync(`${root}models/helium-nano/expected.json`, "utf8")) as {
  readonly greedy: readonly { readonly prompt: string; readonly text: string }[];
};
const { prompt, text } = greedy[1]!;

const page404 = { status: 404, type: "text/plain", body: "" };

/** A page, its service worker and the files of a model, at 127.0.0.1. */
async function files(): Promise<Server> {
  const worker = await bundleForBrowser(fileURLToPath(new URL("service-worker.ts", import.meta.url)));
  const answers: Readonly<Record<string, { readonly type: string; readonly body: string }>> = {
    "/": { type: "text/html", body: "<!doctype html><title>a page with a server of its own</title>" },
    "/worker.js": { type: "text/javascript", body: worker },
  };
  const http = createServer(({ url = "" }, response) => {
    const [, name] = /^\/model\/([\w.]+)$/.exec(url) ?? [];
    try {
      const { type, body } = answers[url] ?? page404;
      const file = name === undefined ? null : readFileSync(`${root}models/helium-nano/${name}`);
      response.statusCode = answers[url] || file ? 200 : 404;
      response.setHeader("content-type", file ? "application/octet-stream" : type);
      response.end(file ?? body);
    } catch {
      response.statusCode = 404;
      response.end();
    }
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return http;
}

describe.skipIf(executablePath === null)(`in a service worker (${needsChromium})`, () => {
  let http: Server;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    http = await files();
    // The limit of the test is the only one: the machine may be busy.
    browser = await chromium.launch({ executablePath: executablePath ?? "", args: [...softwareGraphics], timeout: 0 });
    page = await browser.newPage();
    page.setDefaultTimeout(0);
    await page.goto(`http://127.0.0.1:${(http.address() as AddressInfo).port}/`);
    await page.evaluate(`(async () => {
      await navigator.serviceWorker.register("/worker.js");
      await navigator.serviceWorker.ready;
      if (!navigator.serviceWorker.controller)
        await new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve));
    })()`);
  });
  afterAll(async () => {
    await browser.close();
    await new Promise((resolve) => http.close(resolve));
  });

  const ask = (body: object): Promise<{ readonly status: number; readonly body: string }> =>
    page.evaluate(
      `(async () => {
        const response = await fetch("/v1/completions", {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: ${JSON.stringify(JSON.stringify(body))},
        });
        return { status: response.status, body: await response.text() };
      })()`,
    );

  it("a page's own server answers as one elsewhere does", async () => {
    const { status, body } = await ask({ prompt, max_tokens: 32, temperature: 0 });
    expect(status).toBe(200);
    const { choices } = JSON.parse(body) as { readonly choices: readonly { readonly text: string }[] };
    expect(prompt + choices[0]!.text).toBe(text);
  });

  it("as a stream, too, and with its errors", async () => {
    const { body } = await ask({ prompt, max_tokens: 32, temperature: 0, stream: true });
    const events = body.split("\n\n").flatMap((event) => (event.startsWith("data: {") ? [event.slice(6)] : []));
    const parts = events.map((event) => (JSON.parse(event) as { choices: { text: string }[] }).choices[0]?.text ?? "");
    expect(parts.length).toBeGreaterThan(8);
    expect(prompt + parts.join("")).toBe(text);
    const refused = await ask({ prompt, model: "gpt-0" });
    expect(refused.status).toBe(404);
    expect(refused.body).toContain("model_not_found");
  });
});
