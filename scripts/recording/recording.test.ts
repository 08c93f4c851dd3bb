import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { commandLine, demoCommands } from "../demo-commands.mjs";
import { record } from "./record.ts";
import { terminalSvg } from "./terminal-svg.ts";

const svg = readFileSync(new URL("../../docs/demo.svg", import.meta.url), "utf8");

/** What an SVG shows, without spaces and line breaks; a "$ " begins a command. */
const textOf = (svg: string): string =>
  [...svg.matchAll(/<text[^>]*>([^<]*)</g)]
    .map(([, text = ""]) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"))
    .join("")
    .replace(/\s/g, "");

const dense = (text: string): string => text.replace(/\s/g, "");

test("docs/demo.svg shows commands of the demo and is small", () => {
  const shown = demoCommands.filter((args) => textOf(svg).includes(dense(`$ ${commandLine(args)}`)));
  expect(new Set(shown.map(([name]) => name))).toEqual(new Set(demoCommands.map(([name]) => name)));
  expect(textOf(svg).split("$npx")).toHaveLength(shown.length + 1);
  expect(svg.length).toBeLessThan(60_000);
});

test("the demo shows texts that are long enough for their language to be certain", () => {
  const texts = demoCommands.filter(([name]) => name === "classify").map(([, text = ""]) => text);
  expect(texts.length).toBeGreaterThan(0);
  for (const text of texts) expect(text.split(" ").length).toBeGreaterThanOrEqual(6);
});

test("docs/demo.svg shows what the command writes today", async () => {
  const args = demoCommands.find(([name]) => name === "classify")!;
  const written = (await record(args)).map(({ text }) => text).join("");
  expect(written.length).toBeGreaterThan(20);
  expect(textOf(svg)).toContain(dense(commandLine(args) + written));
});

test("text is laid out as in a terminal of 84 columns, and appears in its order", () => {
  const pieces = [
    { text: "a < b\n", after: 10 },
    { text: "x".repeat(100), after: 5000 },
  ];
  const made = terminalSvg("Title", [{ command: "run & wait", pieces }]);
  expect(textOf(made)).toBe(dense(`$ run & wait a < b ${"x".repeat(100)}`));
  const rows = [...made.matchAll(/<text class="o"[^>]* y="([\d.]+)" textLength="([\d.]+)"/g)];
  expect(rows.map(([, , wide]) => Math.round(Number(wide) / 7.8))).toEqual([5, 84, 16]);
  expect(new Set(rows.map(([, y]) => y)).size).toBe(3);
  const times = [...made.matchAll(/dur="([\d.]+)s"\/><\/text>/g)].map(([, time]) => Number(time));
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  // A pause of five seconds is cut.
  expect(times.at(-1)).toBeLessThan(2);
});
