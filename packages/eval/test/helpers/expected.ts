import { readFileSync } from "node:fs";

const root = new URL("../../../../", import.meta.url);

/**
 * What other programs make of pinned inputs: `fixtures/expected/{name}.json`, made by scripts in `scripts/reference/eval`.
 *
 * @param file in place of it, relative to the repository
 */
export const expectedOf = <Content>(name: string, file = `packages/eval/fixtures/expected/${name}.json`): Content =>
  JSON.parse(readFileSync(new URL(file, root), "utf8")) as Content;
