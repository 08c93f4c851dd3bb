import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { commandGroups, commands } from "../../packages/cli/src/commands/index.ts";
import { root } from "../../testing/repository.ts";
import { cliPage } from "./cli-page.ts";

const page = readFileSync(`${root}docs/cli.md`, "utf8");

it("docs/cli.md is what the tables say; node scripts/cli-page/write-cli-page.ts writes it", async () => {
  expect(page).toBe(await cliPage(commandGroups));
});

it("docs/cli.md has every command with its examples", () => {
  for (const [name, { examples }] of Object.entries(commands)) {
    expect(page).toContain(`\n### helium ${name}\n`);
    for (const [line] of examples) expect(page).toContain(`\n${line}\n`);
  }
});
