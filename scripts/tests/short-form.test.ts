import { globSync, readFileSync } from "node:fs";
import { afterEach, expect, test, vi } from "vitest";
import { cuts, shortFormSummary } from "../../testing/short-form.ts";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

test("every entry of the table is asked for by a test, and named at the end", () => {
  const root = new URL("../../", import.meta.url);
  const folders = ["packages/*/{src,test}", "examples/*/src"];
  const texts = globSync(
    folders.map((folder) => `${folder}/**/*.ts`),
    { cwd: root },
  ).map((file) => readFileSync(new URL(file, root), "utf8"));
  for (const [name, says] of Object.entries(cuts)) {
    expect(
      texts.some((text) => text.includes(`isCut("${name}")`)),
      name,
    ).toBe(true);
    expect(shortFormSummary()).toContain(says);
  }
});

test.each([
  ["short", true],
  ["full", false],
  [undefined, false],
])("the form %s leaves things out: %s", async (form, isShort) => {
  vi.stubEnv("HELIUM_LM_TESTS", form);
  vi.resetModules();
  const { isCut } = await import("../../testing/short-form.ts");
  expect(isCut("conformance draws")).toBe(isShort);
});
