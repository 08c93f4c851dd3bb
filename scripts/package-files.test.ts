import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));
const read = (path: string): string => readFileSync(root + path, "utf8");

/** The fields of a package.json that a registry shows or installs by. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly description?: string;
  readonly license?: string;
  readonly keywords?: readonly string[];
  readonly homepage?: string;
  readonly bugs?: string;
  readonly repository?: { readonly directory?: string };
  readonly files?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}
const manifestOf = (folder: string): Manifest => JSON.parse(read(`${folder}/package.json`)) as Manifest;

const code = ["packages/tensor", "packages/nn", "packages/helium", "packages/eval", "packages/serve", "packages/cli"];
const models = ["helium-nano", "helium-nano-langid", "helium-nano-codeswitch"].map((name) => `models/${name}`);

describe.each([...code, ...models])("%s", (folder) => {
  test("says what it is, and where it comes from", () => {
    const { name, description, keywords, homepage, bugs, repository } = manifestOf(folder);
    expect(description?.length).toBeGreaterThan(20);
    expect(keywords?.length).toBeGreaterThan(2);
    expect(homepage).toContain(`/${folder}#readme`);
    expect(bugs).toMatch(/^https:\/\/.*\/issues$/);
    expect(repository?.directory).toBe(folder);
    expect(read(`${folder}/README.md`)).toContain(name.replace("@helium-lm/model-", ""));
  });
});

test.each(code)("%s carries the licence of the code", (folder) => {
  expect(manifestOf(folder).license).toBe("MIT");
  expect(read(`${folder}/LICENSE`)).toBe(read("LICENSE"));
});

test.each(models)("%s carries the licence of the weights, and what they were made of", (folder) => {
  const { license, files = [] } = manifestOf(folder);
  expect(license).toBe("CC-BY-SA-4.0");
  expect(files).toContain("NOTICE");
  expect(files.filter((file) => !existsSync(`${root}${folder}/${file}`))).toEqual([]);
  const notice = read(`${folder}/NOTICE`);
  for (const named of ["CC-BY-SA-4.0", "debian-handbook", "gimp-help", "libreoffice-help", "gnome-user-docs", "MIT"])
    expect(notice).toContain(named);
});

test("the command is had by the name of the project and by its own", () => {
  const { name, bin, dependencies } = manifestOf("packages/cli");
  expect(name).toBe("helium-lm");
  expect(bin).toEqual({ "helium-lm": "./dist/main.js", helium: "./dist/main.js" });
  for (const folder of ["packages/tensor", "packages/nn", "packages/helium"]) {
    const library = manifestOf(folder);
    expect(library).not.toHaveProperty("bin");
    expect(dependencies?.[library.name]).toBe(library.version);
  }
});

test("no installation fetches a model that was not asked for", () => {
  const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = manifestOf("packages/helium");
  expect(JSON.stringify(manifestOf("packages/cli"))).not.toContain("/model-");
  for (const folder of models) {
    const { name } = manifestOf(folder);
    expect({ ...dependencies, ...optionalDependencies }).not.toHaveProperty([name]);
    expect(peerDependencies).toHaveProperty([name]);
    expect(peerDependenciesMeta?.[name]).toEqual({ optional: true });
  }
});
