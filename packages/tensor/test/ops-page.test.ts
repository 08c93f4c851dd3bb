import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as ops from "../src/ops/index.ts";

/** Exports that are no ops of their own. */
const others = ["activationNames", "isActivationName", "configureDispatch"];

test("docs/ops.md lists every op, and nothing else", () => {
  const page = readFileSync(new URL("../../../docs/ops.md", import.meta.url), "utf8");
  const columns = page.split("\n").flatMap((line) => (line.startsWith("| `") ? [line.split("|")[1] ?? ""] : []));
  const listed = columns.flatMap((column) => [...column.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  const exported = Object.keys(ops).filter((name) => !name.startsWith("compose") && !others.includes(name));
  expect([...listed].sort()).toEqual([...exported, "tensor", "fromStored"].sort());
});
