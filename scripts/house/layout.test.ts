import { globSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { SourceImports, type Import } from "../imports/source-imports.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const imports = new SourceImports(root);

/** `file → import` of all imports in some folders that must not be. */
function forbidden(folders: string, isBad: (given: Import, file: string) => boolean): string[] {
  const files = globSync(`${folders}/**/*.{ts,mts}`, { cwd: root });
  expect(files.length).toBeGreaterThan(10);
  return files.flatMap((file) =>
    imports
      .of(file)
      .filter((given) => isBad(given, file))
      .map(({ specifier }) => `${file} → ${specifier}`),
  );
}

const partOf = (file: string): string => file.split("/").slice(0, 2).join("/");

test("benchmarks, scripts and what tests share take nothing from the tests of a package: it goes to testing/", () => {
  expect(forbidden("{benchmarks,scripts,testing}", ({ target }) => /^packages\/[^/]+\/test\//.test(target))).toEqual(
    [],
  );
});

test("benchmarks take the packages by name, as users do", () => {
  const isByPath = ({ target, specifier }: Import): boolean =>
    target.startsWith("packages/") && !specifier.startsWith("@helium-lm/");
  expect(forbidden("benchmarks", isByPath)).toEqual([]);
});

test("what tests share takes nothing from scripts and benchmarks", () => {
  expect(forbidden("testing", ({ target }) => /^(scripts|benchmarks)\//.test(target))).toEqual([]);
});

test("packages take each other by name, and from outside only what tests share", () => {
  const isOutside = ({ target, specifier, isUrl }: Import, file: string): boolean =>
    !isUrl && specifier.startsWith(".") && partOf(target) !== partOf(file) && !target.startsWith("testing/");
  expect(forbidden("packages/*/{src,test}", isOutside)).toEqual([]);
});
