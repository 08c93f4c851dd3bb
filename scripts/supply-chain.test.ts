import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { licencesPage, lockedPackages, lockProblems, nameOf, page } from "./supply-chain.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

describe("what the lock file installs", () => {
  test("has a hash, a licence that anybody may use, and a decision on its install script", () => {
    expect(lockedPackages().length).toBeGreaterThan(300);
    expect(lockProblems(lockedPackages())).toEqual([]);
  });

  test("an entry that lacks them is named", () => {
    const locked = [
      ["node_modules/a/node_modules/@b/c", { version: "1.0.0", license: "AGPL-3.0", hasInstallScript: true }],
    ];
    const problems = lockProblems(locked as never);
    expect(problems).toHaveLength(3);
    for (const problem of problems) expect(problem).toMatch(/^node_modules\/a\/node_modules\/@b\/c: /);
    expect(nameOf("node_modules/a/node_modules/@b/c")).toBe("@b/c");
  });

  test("two install scripts run", () => {
    const { allowScripts } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as {
      allowScripts: Record<string, boolean>;
    };
    expect(Object.keys(allowScripts).filter((name) => allowScripts[name])).toEqual(["node", "esbuild"]);
  });

  test("is listed by licence in docs/licences.md; node scripts/supply-chain.ts writes it", async () => {
    expect(readFileSync(page, "utf8")).toBe(await licencesPage(lockedPackages()));
  });
});

test("the models that helium can install are pinned by version", () => {
  const { optionalDependencies, peerDependencies } = JSON.parse(
    readFileSync(`${root}packages/helium/package.json`, "utf8"),
  ) as Record<string, Record<string, string> | undefined>;
  const models = Object.entries({ ...optionalDependencies, ...peerDependencies }).filter(([name]) =>
    name.includes("/model-"),
  );
  expect(models).toHaveLength(3);
  for (const [, version] of models) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
});

test("docs/security.md names modules and tests that exist", () => {
  const text = readFileSync(`${root}docs/security.md`, "utf8");
  const named = [...text.matchAll(/`((?:packages|scripts|docs|\.github)\/[^`]+)`/g)].map(([, path = ""]) => path);
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((path) => !existsSync(root + path))).toEqual([]);
});
