import { readFileSync } from "node:fs";

/** What other programs make of pinned inputs: `fixtures/expected/{name}.json`, made by scripts in `scripts/reference/eval`. */
export const expectedOf = <Content>(name: string): Content =>
  JSON.parse(readFileSync(new URL(`../../fixtures/expected/${name}.json`, import.meta.url), "utf8")) as Content;
