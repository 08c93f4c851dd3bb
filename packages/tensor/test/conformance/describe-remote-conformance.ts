import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planConformance } from "@helium-lm/tensor/conformance/plan";
import { skipGroups } from "@helium-lm/tensor/conformance/run-conformance";
import { deviceConformance, isWebGpu } from "../../../../testing/conformance/device-options.ts";
import { OutcomeBoard } from "./outcome-board.ts";
import type { DeviceRun, DeviceTask } from "../../../../testing/conformance/run-on-device.ts";
import type { Runner } from "../../../../testing/conformance/runner.ts";

const TIMEOUT_MS = 300_000;

/** The conformance suite on a device, run elsewhere, as tests here: each waits for its outcome. */
export function describeRemoteConformance(
  title: string,
  task: DeviceTask,
  start: (task: DeviceTask) => Promise<Runner>,
): void {
  describe(title, () => {
    const { mode, ...chosen } = task;
    const create = (): Promise<never> => Promise.reject(new Error("runs elsewhere"));
    const plan = planConformance({ ...deviceConformance(mode), ...chosen, create });
    const outcomes = new OutcomeBoard();
    let runner: Runner;
    let run: Promise<DeviceRun>;

    beforeAll(async () => {
      runner = await start(task);
      run = runner.run((outcome) => outcomes.post(outcome));
      run.catch((error: unknown) => outcomes.close(error));
    }, TIMEOUT_MS);
    afterAll(() => runner.close());

    const expectPassed = async (op: string, test: string): Promise<void> => {
      const { status, message } = await outcomes.get(op, test);
      if (status === "failed") throw new Error(message);
    };
    for (const op of new Set(plan.tests.map((test) => test.op))) {
      describe(op, () => {
        for (const { title: test, skipped } of plan.tests.filter((one) => one.op === op)) {
          if (skipped) it.skip(`${test} (${skipped.reason})`, () => undefined);
          else it(test, () => expectPassed(op, test), TIMEOUT_MS);
        }
      });
    }
    describe("skips are needed", () => {
      for (const { title: test, tests } of skipGroups(plan.tests))
        it(test, () => expectPassed(tests[0].op, test), TIMEOUT_MS);
    });
    it(
      "runs in the mode that was asked for and leaves nothing on the device",
      async () => {
        const { info } = await run;
        if (isWebGpu(mode)) expect(info).toMatchObject({ backend: "webgpu" });
        else expect(info).toMatchObject({ backend: "gpujs", mode, deviceArrays: 0 });
        if (mode === "wgsl card") expect(info["unusedFeatures"]).toMatch(/^(none|shader-f16 \(the device has none\))$/);
        if (mode === "wgsl lavapipe") expect(info["unusedFeatures"]).toBe("none");
        expect(runner.errors).toEqual([]);
      },
      TIMEOUT_MS,
    );
  });
}
