import { chromium, type Browser, type Page } from "playwright-core";
import { findChromium, needsChromium } from "../../../testing/browser/chromium.ts";
import { descendantsOf, peakBytesOf } from "../process-stats.ts";
import { PeerMissing, type ModelFile, type Player } from "../player.ts";
import { servePage, type PageServer } from "./page-server.ts";

/** Chromium of this machine: `HELIUM_LM_BENCH_CHROMIUM`, or what the browser tests take. @throws PeerMissing */
function browserPath(): string {
  const found = process.env.HELIUM_LM_BENCH_CHROMIUM ?? findChromium();
  if (found !== null) return found;
  throw new PeerMissing("Chromium", `${needsChromium}, or in HELIUM_LM_BENCH_CHROMIUM`);
}

export interface PageScript {
  /** Folders that the site serves, by first path segment. */
  readonly mounts: Readonly<Record<string, string>>;
  /**
   * Runs in the page with the chosen file; gives what then answers `prefill` and `decode` there, kept as
   * `globalThis.player`. Its text is sent, so it may use nothing from outside but globals.
   */
  readonly load: (model: PageModel) => Promise<unknown>;
}

export interface PageModel {
  readonly vocab: number;
  readonly word: string;
  readonly context: number;
  readonly threads: number;
}

/** A player in a cross-origin isolated page of headless Chromium. */
export class PagePlayer implements Player {
  readonly #browser: Browser;
  readonly #page: Page;
  readonly #server: PageServer;
  readonly #processes: readonly number[];
  #peak = 0;

  private constructor(browser: Browser, page: Page, server: PageServer, processes: readonly number[]) {
    this.#browser = browser;
    this.#page = page;
    this.#server = server;
    this.#processes = processes;
  }

  /** @throws PeerMissing when there is no browser or the script fails in it */
  static async start(name: string, { path, ...model }: ModelFile, { mounts, load }: PageScript): Promise<PagePlayer> {
    const executablePath = browserPath();
    const before = new Set(descendantsOf(process.pid));
    const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
    const server = await servePage(mounts);
    try {
      const page = await browser.newPage();
      page.setDefaultTimeout(0);
      await page.goto(server.url);
      await page.setInputFiles("#model", path);
      await page.evaluate(load, model);
      const processes = descendantsOf(process.pid).filter((pid) => !before.has(pid));
      return new PagePlayer(browser, page, server, processes);
    } catch (cause) {
      server.close();
      await browser.close();
      const reason = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
      throw new PeerMissing(name, `does not run in this browser: ${reason}`, {}, { cause });
    }
  }

  prefill(tokens: number): Promise<number> {
    return this.#page.evaluate((n) => (globalThis as unknown as InPage).player.prefill(n), tokens);
  }

  decode(context: number, steps: number): Promise<number> {
    return this.#page.evaluate(([length, count]) => (globalThis as unknown as InPage).player.decode(length, count), [
      context,
      steps,
    ] as const);
  }

  /** Of the largest process of the browser: the one with the page. */
  peakBytes(): number {
    return (this.#peak = Math.max(this.#peak, ...this.#processes.map(peakBytesOf)));
  }

  async close(): Promise<void> {
    this.peakBytes();
    this.#server.close();
    await this.#browser.close();
  }
}

interface InPage {
  readonly player: {
    prefill(tokens: number): Promise<number>;
    decode(context: number, steps: number): Promise<number>;
  };
}
