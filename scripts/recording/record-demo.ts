// node scripts/recording/record-demo.ts: runs commands of `npm run demo` and writes docs/demo.svg, a recording of them.
import { writeFileSync } from "node:fs";
import { commandLine, shows } from "../demo-shows.mjs";
import { record } from "./record.ts";
import { terminalSvg, type Shown } from "./terminal-svg.ts";

// One screen: text in two of the languages, and all the other commands.
const writing = shows.filter(([name]) => name === "generate");
const others = shows.filter(([name]) => name !== "generate");
const shown: Shown[] = [];
for (const args of [...writing.slice(0, 2), ...others])
  shown.push({ command: commandLine(args), pieces: await record(args) });
const svg = terminalSvg("Helium LM in a terminal: npm run demo", shown);
writeFileSync(new URL("../../docs/demo.svg", import.meta.url), svg);
console.log(`docs/demo.svg: ${(svg.length / 1000).toFixed(1)} kB`);
