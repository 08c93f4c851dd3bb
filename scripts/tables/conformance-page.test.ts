import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { conformancePage, reportsOnDisk } from "./conformance-page.ts";

test("docs/conformance.md says what is declared and was measured; `npm run conformance -- --page` writes it", async () => {
  const page = readFileSync(new URL("../../docs/conformance.md", import.meta.url), "utf8");
  expect(page).toBe(await conformancePage(reportsOnDisk()));
});
