import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GpuJsMode } from "@helium-lm/tensor/backends/gpujs";
import { planConformance } from "@helium-lm/tensor/conformance/plan";
import type { Outcome } from "@helium-lm/tensor/conformance/report";
import { skipGroups } from "@helium-lm/tensor/conformance/run";
import { gpuJsConformance } from "../gpujs-conformance.ts";
import { BrowserPage } from "./browser-page.ts";
import { findChromium, needsChromium } from "./chromium.ts";

const TIMEOUT_MS = 300_000;

/** What `backend.info()` tells. */
type BackendInfo = Readonly<Record<string, string | number | boolean>>;

/**
 * The conformance suite on the gpujs backend in a headless Chromium: the page runs it from end to end, and every test of
 * its plan is a test here that waits for its outcome.
 */
export function describeConformanceInPage(mode: GpuJsMode): void {
  describe(`conformance of gpujs ${mode} in Chromium`, () => {
    if (findChromium() === null) return it.skip(needsChromium, () => undefined);
    const plan = planConformance({
      ...gpuJsConformance(mode),
      create: () => Promise.reject(new Error("runs in a page")),
    });
    const outcomes = new OutcomeBoard();
    let page: BrowserPage;
    let run: Promise<BackendInfo>;

    beforeAll(async () => {
      page = await BrowserPage.open(fileURLToPath(new URL("conformance-page.ts", import.meta.url)));
      run = page.run<BackendInfo>("conformance", mode, (outcome: Outcome) => outcomes.post(outcome));
      run.catch((error: unknown) => outcomes.close(error));
    }, TIMEOUT_MS);
    afterAll(() => page.close());

    const expectPassed = async (op: string, title: string): Promise<void> => {
      const { status, message } = await outcomes.get(op, title);
      if (status === "failed") throw new Error(message);
    };
    for (const op of new Set(plan.tests.map((test) => test.op))) {
      describe(op, () => {
        for (const { title, skipped } of plan.tests.filter((test) => test.op === op)) {
          if (skipped) it.skip(`${title} (${skipped.reason})`, () => undefined);
          else it(title, () => expectPassed(op, title), TIMEOUT_MS);
        }
      });
    }
    describe("skips are needed", () => {
      for (const { title, tests } of skipGroups(plan.tests))
        it(title, () => expectPassed(tests[0].op, title), TIMEOUT_MS);
    });
    it(
      "runs in the mode that was asked for and leaves nothing on the device",
      async () => {
        expect(await run).toMatchObject({ backend: "gpujs", mode, deviceArrays: 0 });
        expect(page.errors).toEqual([]);
      },
      TIMEOUT_MS,
    );
  });
}

interface Slot {
  readonly outcome: Promise<Outcome>;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/** Outcomes by op and title, for whoever waits for them. */
class OutcomeBoard {
  readonly #slots = new Map<string, Slot>();
  #closed: ((slot: Slot) => void) | null = null;

  get(op: string, title: string): Promise<Outcome> {
    return this.#slot(`${op} ${title}`).outcome;
  }

  post(outcome: Outcome): void {
    this.#slot(`${outcome.op} ${outcome.title}`).resolve(outcome);
  }

  /** Nothing more will come. */
  close(error: unknown): void {
    this.#closed = ({ reject }) => reject(error);
    this.#slots.forEach(this.#closed);
  }

  #slot(key: string): Slot {
    const known = this.#slots.get(key);
    if (known) return known;
    let settle: Omit<Slot, "outcome"> | undefined;
    const outcome = new Promise<Outcome>((resolve, reject) => {
      settle = { resolve, reject };
    });
    // A test that fails for another reason may never ask.
    outcome.catch(() => undefined);
    const slot: Slot = { outcome, ...settle! };
    this.#closed?.(slot);
    this.#slots.set(key, slot);
    return slot;
  }
}
