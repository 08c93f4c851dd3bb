/** `npm run loc`: lines per package of sources and of tests, and the longest source files. */
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const lengthOf = (file: string): number => readFileSync(root + file, "utf8").split("\n").length - 1;
const isTest = (file: string): boolean => /\.test\.ts$|\/test\/|^testing\//.test(file);
const total = (files: readonly string[]): number => files.reduce((sum, file) => sum + lengthOf(file), 0);

const files = globSync("{packages/*/{src,test},benchmarks,scripts,testing}/**/*.{ts,mjs}", { cwd: root });
const areas = [...new Set(files.map((file) => file.replace(/^(packages\/[^/]+|[^/]+)\/.*/, "$1")))].sort();
console.table(
  areas.map((area) => {
    const own = files.filter((file) => file.startsWith(`${area}/`));
    const tests = own.filter(isTest);
    const sources = own.filter((file) => !isTest(file));
    return { area, files: own.length, source: total(sources), test: total(tests) };
  }),
);

const longest = files
  .filter((file) => !isTest(file))
  .map((file) => ({ file, lines: lengthOf(file) }))
  .sort((a, b) => b.lines - a.lines)
  .slice(0, 10);
console.table(longest);
