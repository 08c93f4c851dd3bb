// node scripts/recording/record-demo.ts: runs commands of `npm run demo` and writes docs/demo.svg, a recording of them.
import { writeFileSync } from "node:fs";
import { commandLine, demoCommands } from "../demo-commands.mjs";
import { record } from "./record.ts";
import { terminalSvg, type RecordedCommand } from "./terminal-svg.ts";

// One screen: text in two of the languages, and all the other commands.
const writing = demoCommands.filter(([name]) => name === "generate");
const others = demoCommands.filter(([name]) => name !== "generate");
const recorded: RecordedCommand[] = [];
for (const args of [...writing.slice(0, 2), ...others])
  recorded.push({ command: commandLine(args), pieces: await record(args) });
const svg = terminalSvg("Helium LM in a terminal: npm run demo", recorded);
writeFileSync(new URL("../../docs/demo.svg", import.meta.url), svg);
console.log(`docs/demo.svg: ${(svg.length / 1000).toFixed(1)} kB`);
