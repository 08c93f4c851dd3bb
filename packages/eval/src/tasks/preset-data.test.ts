import { describe, expect, it } from "vitest";
import { syntheticItems } from "../testing/synthetic-items.ts";
import { planPreset } from "../run/planned-task.ts";
import { presets } from "./presets.ts";

describe.each(Object.values(presets))("$name", (preset) => {
  it("has its documents and examples in the synthetic data, whole", async () => {
    for (const { task, numFewShot } of planPreset(preset.name).tasks) {
      const items = await syntheticItems(task, numFewShot);
      expect(items.length, task.name).toBeGreaterThan(0);
      for (const item of items) {
        if (item.kind === "multiple_choice") expect(item.requests[item.gold], item.place).toBeDefined();
        if (item.kind === "generate_until") expect(item.references.length, item.place).toBeGreaterThan(0);
      }
    }
  });
});
