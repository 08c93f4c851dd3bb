import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig } from "vitest/config";
import { isWorkerText, workerTextModule } from "./packages/helium/build/engine-worker.ts";
import { LongestFirst } from "./scripts/longest-first.ts";
import { testsLeftOut } from "./testing/short-form-files.ts";
import { ownProcessTests } from "./scripts/tests/own-process-tests.ts";

const packages = ["tensor", "nn", "helium", "eval", "serve", "cli"] as const;

/** `@helium-lm/x/sub` → `packages/x/src/sub.ts` or `packages/x/src/sub/index.ts`, so that tests need no build. */
const sourceOf = (name: string, subpath: string | undefined): string => {
  const base = fileURLToPath(new URL(`packages/${name}/src/`, import.meta.url));
  const file = `${base}${subpath ?? "index"}.ts`;
  return existsSync(file) ? file : `${base}${subpath}/index.ts`;
};

/**
 * Folders whose test files share processes and their modules, warm code and all; half a second less for each. Others start
 * many threads, programs and pages, fill memory and change what is global.
 */
const sharing = [
  ...packages.map((name) => `packages/${name}/src`),
  ...["helium", "eval", "serve"].map((name) => `packages/${name}/test`),
];
const alone = ownProcessTests(fileURLToPath(new URL("./", import.meta.url)), sharing);

const exclude = [...configDefaults.exclude, ...testsLeftOut()];

export default defineConfig({
  plugins: [
    {
      name: "helium-lm-sources",
      enforce: "pre",
      resolveId(id: string) {
        const match = /^@helium-lm\/(tensor|nn|helium|eval|serve)(?:\/(.+))?$/.exec(id);
        return match === null ? null : sourceOf(match[1] as string, match[2]);
      },
      // It is made of all the sources, which are no part of the key that vitest would keep it under.
      configureVitest: ({ defineCacheKeyGenerator }) =>
        defineCacheKeyGenerator(({ id }) => (isWorkerText.test(id) ? false : undefined)),
      load(id: string) {
        return isWorkerText.test(id) ? workerTextModule() : null;
      },
    },
  ],
  test: {
    passWithNoTests: true,
    exclude,
    // The settings of whoever runs the tests are not for the programs that tests start.
    env: { HELIUM_CONFIG: "" },
    // Speed is never asserted; the limits only end what hangs, on a busy machine too.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 120_000 } },
    // One file waits for a browser or a process while others compute, so that two cores carry three files.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    sequence: { sequencer: LongestFirst },
    projects: [
      ...packages.map((name) => ({
        extends: true as const,
        test: {
          name: `${name}/shared`,
          environment: "node",
          include: sharing
            .filter((folder) => folder.startsWith(`packages/${name}/`))
            .map((folder) => `${folder}/**/*.test.ts`),
          exclude: [...exclude, ...alone],
          isolate: false,
        },
      })),
      // A process for each file.
      ...packages.map((name) => ({
        extends: true as const,
        test: {
          name,
          environment: "node",
          include: [
            ...(sharing.includes(`packages/${name}/test`) ? [] : [`packages/${name}/test/**/*.test.ts`]),
            ...alone.filter((file) => file.startsWith(`packages/${name}/`)),
          ],
        },
      })),
      { extends: true, test: { name: "benchmarks", environment: "node", include: ["benchmarks/**/*.test.ts"] } },
      { extends: true, test: { name: "examples", environment: "node", include: ["examples/*/src/**/*.test.ts"] } },
      { extends: true, test: { name: "scripts", environment: "node", include: ["scripts/**/*.test.ts"] } },
      { extends: true, test: { name: "testing", environment: "node", include: ["testing/**/*.test.ts"] } },
    ],
  },
});
