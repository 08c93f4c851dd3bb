import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describeFamily } from "@helium-lm/helium/testing";
import { expect, test } from "vitest";
import { families } from "../src/families/index.ts";

for (const modelType of Object.keys(families)) describeFamily(modelType);

// The naive kernels on a sample; as the other backend of generation they take part above too.
for (const modelType of ["helium", "gemma3_text"]) describeFamily(modelType, { backend: "reference", runs: 1 });

test("docs/families.md is what its script writes", () => {
  const script = fileURLToPath(new URL("../../../scripts/families-table.ts", import.meta.url));
  expect(() => execFileSync(process.execPath, [script, "--check"], { stdio: "pipe" })).not.toThrow();
});
