import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describeFamily } from "@helium-lm/helium/testing";
import { expect, test } from "vitest";
import { isCut } from "../../../../testing/short-form.ts";
import { families } from "../../src/families/index.ts";

const drawn = isCut("family draws") ? { runs: 1 } : {};
for (const modelType of Object.keys(families)) describeFamily(modelType, drawn);

// Other backends on a sample; `reference` takes part above too, as the one that generation is compared with.
for (const modelType of ["helium", "gemma3_text"])
  for (const backend of ["reference", "wasm"]) describeFamily(modelType, { backend, runs: 1 });

test("docs/families.md is what its script writes", () => {
  const script = fileURLToPath(new URL("../../../../scripts/tables/families-table.ts", import.meta.url));
  expect(() => execFileSync(process.execPath, [script, "--check"], { stdio: "pipe" })).not.toThrow();
});
