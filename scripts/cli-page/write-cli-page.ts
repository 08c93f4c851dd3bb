// `node scripts/cli-page/write-cli-page.ts` writes docs/cli.md.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import "../workspace-sources.ts";

const { commandGroups } = await import("../../packages/cli/src/commands/index.ts");
const { cliPage } = await import("./cli-page.ts");
writeFileSync(fileURLToPath(new URL("../../docs/cli.md", import.meta.url)), await cliPage(commandGroups));
