import { globSync, readFileSync } from "node:fs";
import { afterEach, expect, test, vi } from "vitest";
import { fullFormSummary, leftToSoak } from "../../testing/full-form.ts";
import { filesLeftOut } from "../../testing/short-form-files.ts";
import { cuts, shortFormSummary } from "../../testing/short-form.ts";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

/** All files of a package that could ask, or its tests alone. */
const textsOf = (...patterns: string[]): string[] => {
  const root = new URL("../../", import.meta.url);
  return globSync(patterns, { cwd: root }).map((file) => readFileSync(new URL(file, root), "utf8"));
};

test.each(Object.entries(cuts))("%s: is asked for by a test, and named at the end of the short form", (name, says) => {
  const texts = textsOf("packages/*/{src,test}/**/*.ts", "examples/*/src/**/*.ts");
  expect(texts.some((text) => text.includes(`isCut("${name}")`))).toBe(true);
  expect(shortFormSummary()).toContain(says);
});

test.each(Object.entries(filesLeftOut))("%s: files that exist, named at the end of the short form", (says, files) => {
  const root = new URL("../../", import.meta.url);
  for (const file of files) expect(globSync(file, { cwd: root }), file).not.toEqual([]);
  expect(shortFormSummary()).toContain(says);
});

test.each(Object.entries(leftToSoak))(
  "%s: is asked for by a test that `npm run soak -- tests` finds, and named at the end of the full form",
  (name, says) => {
    const texts = textsOf("packages/*/test/**/*.test.ts");
    expect(texts.some((text) => text.includes(`isLeftToSoak("${name}")`))).toBe(true);
    expect(fullFormSummary()).toContain(says);
  },
);

test.each([
  ["short", true, true],
  ["full", false, true],
  ["long", false, false],
  [undefined, false, false],
])("the form %s has cuts: %s, and leaves parts to the soak: %s", async (form, hasCuts, leaves) => {
  vi.stubEnv("HELIUM_LM_TESTS", form);
  vi.resetModules();
  const { isCut } = await import("../../testing/short-form.ts");
  const { isLeftToSoak } = await import("../../testing/full-form.ts");
  expect(isCut("conformance draws")).toBe(hasCuts);
  expect(isLeftToSoak("WebGPU in Node")).toBe(leaves);
});
