import { beforeAll, beforeEach, expect, test } from "vitest";
import { lavapipeVulkan, needsLavapipe } from "../../../../testing/software-vulkan.ts";
import { sizes, type FeatureOutcome } from "./feature-trials.ts";
import { forkedOutcomes } from "./forked-outcomes.ts";
import { needDevice } from "./wgsl-device.ts";

const exact = 'packed_4x8_integer_dot_product (it rounds activations, which activations: "rounded" allows)';

/** By the name of the trial. */
let outcomes: ReadonlyMap<string, FeatureOutcome> = new Map();

beforeAll(async () => void (outcomes = await forkedOutcomes("feature-process.ts")), 300_000);

beforeEach(({ skip }) => needDevice(outcomes.size > 0, skip));

const all = "shader-f16 subgroups packed_4x8_integer_dot_product";

test("features are used that give the numbers of plain kernels, and nothing of their test is left", () => {
  expect(outcomes.get("rounded activations")).toMatchObject({ features: all, unusedFeatures: "none", handles: 0 });
});

test("activations are rounded for who asks for it", () => {
  expect(outcomes.get("as they are")).toMatchObject({
    features: "shader-f16 subgroups",
    unusedFeatures: exact,
    handles: 0,
  });
});

test("none are used where the option says so", () => {
  expect(outcomes.get("none")).toMatchObject({
    features: "none",
    unusedFeatures:
      'shader-f16 (features is "none"), subgroups (features is "none"), packed_4x8_integer_dot_product (features is "none")',
  });
});

test.each(sizes)("sums are right in subgroups of %i threads", (size) => {
  const outcome = outcomes.get(`subgroups of ${size}`);
  expect(outcome).toMatchObject({ features: "shader-f16 subgroups", unusedFeatures: exact });
  expect(outcome?.rewritten).toBe(2);
});

test("a feature that gives other numbers is off, and the backend says so", () => {
  const outcome = outcomes.get("subgroups that lose threads");
  expect(outcome?.features).toBe("shader-f16");
  expect(outcome?.unusedFeatures).toMatch(
    /^subgroups \(its kernels gave [-\d.]+ for [-\d.]+ in a product with q8_0\), /,
  );
  const packed = outcomes.get("packed bytes without a sign");
  expect(packed).toMatchObject({ features: "shader-f16 subgroups", handles: 0 });
  expect(packed?.unusedFeatures).toMatch(
    /^packed_4x8_integer_dot_product \(its kernels gave .* in a product with q4_0\)$/,
  );
});

test.each([
  ["halves without subnormals", /^shader-f16 \(it gave 0 for the half 0x0001, which is 5\.9604\d*e-8\), /],
  ["pairs of halves the other way round", /^shader-f16 \(it gave 5\.9604\d*e-8 for the half 0x0000, which is 0\), /],
  ["scales of the block beside", /^shader-f16 \(its kernels gave [-\d.]+ for [-\d.]+ in a product with q8_0\), /],
])("with %s f16 are read by integers, and the backend says why", (name, reason) => {
  const outcome = outcomes.get(name);
  expect(outcome).toMatchObject({ features: "subgroups", handles: 0 });
  expect(outcome?.unusedFeatures).toMatch(reason);
});

test("a feature whose kernels do not compile is off, and the backend says so", () => {
  const outcome = outcomes.get("subgroups that do not compile");
  expect(outcome).toMatchObject({ features: "shader-f16", handles: 0 });
  expect(outcome?.unusedFeatures).toMatch(/^subgroups \(its kernels do not run: /);
});

test("they hold on lavapipe, which has shader-f16 and subgroups of eight", async ({ skip }) => {
  const driver = lavapipeVulkan();
  skip(driver === null, needsLavapipe);
  const name = "rounded activations";
  const found = await forkedOutcomes<FeatureOutcome>("feature-process.ts", [name], driver ?? {});
  const outcome = found.get(name);
  skip(outcome === undefined || outcome.isPlayed, needsLavapipe);
  expect(outcome).toMatchObject({ features: all, unusedFeatures: "none", handles: 0 });
}, 300_000);
