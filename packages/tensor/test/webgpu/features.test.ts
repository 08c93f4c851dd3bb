import { beforeAll, beforeEach, expect, test } from "vitest";
import { sizes, type FeatureOutcome } from "./feature-trials.ts";
import { forkedOutcomes } from "./forked-outcomes.ts";
import { needDevice } from "./wgsl-device.ts";

const exact = 'packed_4x8_integer_dot_product (it rounds activations, which activations: "rounded" allows)';

/** By the name of the trial. */
let outcomes: ReadonlyMap<string, FeatureOutcome> = new Map();

beforeAll(async () => void (outcomes = await forkedOutcomes("feature-process.ts")), 300_000);

beforeEach(({ skip }) => needDevice(outcomes.size > 0, skip));

test("features are used that give the numbers of plain kernels, and nothing of their test is left", () => {
  const both = "subgroups packed_4x8_integer_dot_product";
  expect(outcomes.get("rounded activations")).toMatchObject({ features: both, unusedFeatures: "none", handles: 0 });
});

test("activations are rounded for who asks for it", () => {
  expect(outcomes.get("as they are")).toMatchObject({ features: "subgroups", unusedFeatures: exact, handles: 0 });
});

test("none are used where the option says so", () => {
  expect(outcomes.get("none")).toMatchObject({
    features: "none",
    unusedFeatures: 'subgroups (features is "none"), packed_4x8_integer_dot_product (features is "none")',
  });
});

test.each(sizes)("sums are right in subgroups of %i threads", (size) => {
  const outcome = outcomes.get(`subgroups of ${size}`);
  expect(outcome).toMatchObject({ features: "subgroups", unusedFeatures: exact });
  expect(outcome?.rewritten).toBe(2);
});

test("a feature that gives other numbers is off, and the backend says so", () => {
  const outcome = outcomes.get("subgroups that lose threads");
  expect(outcome?.features).toBe("none");
  expect(outcome?.unusedFeatures).toMatch(
    /^subgroups \(its kernels gave [-\d.]+ for [-\d.]+ in a product with q8_0\), /,
  );
  const packed = outcomes.get("packed bytes without a sign");
  expect(packed).toMatchObject({ features: "subgroups", handles: 0 });
  expect(packed?.unusedFeatures).toMatch(
    /^packed_4x8_integer_dot_product \(its kernels gave .* in a product with q4_0\)$/,
  );
});

test("a feature whose kernels do not compile is off, and the backend says so", () => {
  const outcome = outcomes.get("subgroups that do not compile");
  expect(outcome).toMatchObject({ features: "none", handles: 0 });
  expect(outcome?.unusedFeatures).toMatch(/^subgroups \(its kernels do not run: /);
});
