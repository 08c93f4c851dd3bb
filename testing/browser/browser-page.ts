import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Plugin } from "esbuild";
import { chromium, type Browser, type Page } from "playwright-core";
import { bundleForBrowser } from "./bundle-for-browser.ts";
import { findChromium, needsChromium, softwareGraphics } from "./chromium.ts";
import { runTask } from "./tasks.ts";

/** What tests say by the DevTools protocol: frees or stops the work of a hidden page; ends the process that has the graphics card. */
type DevToolsMethod = "Page.setWebLifecycleState" | "Browser.crashGpuProcess";

/** A page that runs the tasks of one TypeScript module in a headless Chromium. */
export class BrowserPage {
  readonly #browser: Browser;
  readonly #server: Server;
  readonly #page: Page;
  readonly #listeners = new Map<string, (value: unknown) => void>();
  /** Errors that nothing in the page caught. */
  readonly errors: string[] = [];

  private constructor(browser: Browser, server: Server, page: Page) {
    this.#browser = browser;
    this.#server = server;
    this.#page = page;
  }

  /** Bundles `entry`, with plugins of esbuild, serves it on the loopback interface, the page with further `headers`, and opens it. */
  static async open(
    entry: string,
    headers: Readonly<Record<string, string>> = {},
    plugins: readonly Plugin[] = [],
  ): Promise<BrowserPage> {
    const executablePath = findChromium();
    if (executablePath === null) throw new Error(needsChromium);
    const server = await serve(await bundleForBrowser(entry, plugins), headers);
    // The limit is that of the test: on a busy machine half a minute, as else, is soon over.
    const browser = await chromium.launch({ executablePath, args: [...softwareGraphics], timeout: 0 });
    const page = await browser.newPage();
    page.setDefaultTimeout(0);
    const result = new BrowserPage(browser, server, page);
    page.on("pageerror", (error) => result.errors.push(error.message));
    await page.exposeFunction("emitFromPage", ({ task, value }: { task: string; value: unknown }) =>
      result.#listeners.get(task)?.(value),
    );
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction("globalThis.tasks !== undefined");
    return result;
  }

  /** Runs a task of the page; `onValue` gets what it emits meanwhile. */
  async run<T>(task: string, argument: unknown = null, onValue?: (value: never) => void): Promise<T> {
    this.#listeners.set(task, (onValue ?? (() => undefined)) as (value: unknown) => void);
    return (await this.#page.evaluate(runTask, { task, argument })) as T;
  }

  /** Says something to the page, or with `whole` to the browser, by the DevTools protocol. */
  async tell(method: DevToolsMethod, argument: object = {}, whole = false): Promise<void> {
    const session = await (whole
      ? this.#browser.newBrowserCDPSession()
      : this.#page.context().newCDPSession(this.#page));
    await session.send(method, argument);
    await session.detach();
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** A server on the loopback interface, on any free port, of one page with one script. */
function serve(script: string, headers: Readonly<Record<string, string>>): Promise<Server> {
  const server = createServer(({ url }, response) => {
    const isScript = url === "/page.js";
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.setHeader("content-type", `text/${isScript ? "javascript" : "html"}; charset=utf-8`);
    response.end(
      isScript ? script : '<!doctype html><title>tests</title><script type="module" src="/page.js"></script>',
    );
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}
