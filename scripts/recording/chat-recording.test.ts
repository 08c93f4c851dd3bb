import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { tmuxPath } from "../../testing/tmux-terminal.ts";
import { fromSources, recordChat, WINDOW } from "./chat-session.ts";
import { screenSvg } from "./screen-svg.ts";

const isHere = tmuxPath() !== null;
if (!isHere && process.env["CI"]) throw new Error("tmux is missing; .ci/run installs it");

/** An SVG without the figures of a run. */
const lasting = (svg: string): string =>
  svg.replace(/<text[^>]*>(?:prompt|answer|context) [^<]*<\/text>/g, "").replace(/ height="[\d.]+"/, "");

test.skipIf(!isHere)("docs/chat.svg shows what a terminal shows today", async () => {
  const svg = readFileSync(new URL("../../docs/chat.svg", import.meta.url), "utf8");
  const screen = await recordChat(fromSources());
  expect(lasting(screenSvg("helium chat in a terminal", screen, WINDOW.columns))).toBe(lasting(svg));
  expect(svg.length).toBeLessThan(20_000);
});

test("a screen keeps its styles beyond the ends of rows, and its columns", () => {
  const svg = screenSvg("t", "a\u001b[1mb\u001b[36mc\u001b[39m d\n  e\u001b[0mf <", 20);
  const runs = [...svg.matchAll(/<text(?: class="([^"]*)")? x="([\d.]+)"[^>]*>([^<]*)</g)].map(
    ([, classes = "", x, text]) => [classes, Math.round((Number(x) - 16) / 7.8), text],
  );
  expect(runs).toEqual([
    ["", 0, "a"],
    ["b", 1, "b"],
    ["b cyan", 2, "c"],
    ["b", 4, "d"],
    ["b", 2, "e"],
    ["", 3, "f &lt;"],
  ]);
});
