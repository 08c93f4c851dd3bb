import { expect, test } from "vitest";
import { checkWebGpuOptions } from "./options.ts";

test("options are known by their names and values", () => {
  checkWebGpuOptions({});
  checkWebGpuOptions({ features: "none", activations: "rounded", powerPreference: "low-power", debug: true });
  const check = (options: object) => () => checkWebGpuOptions(options);
  expect(check({ feature: "none" })).toThrow(/^feature: is not an option of the webgpu backend; did you mean features/);
  expect(check({ features: "off" })).toThrow('features: is "off"; expected auto or none');
  expect(check({ activations: "f16" })).toThrow('activations: is "f16"; expected f32 or rounded');
});
