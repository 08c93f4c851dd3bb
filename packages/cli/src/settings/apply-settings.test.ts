import fc from "fast-check";
import { expect, it } from "vitest";
import { exclusive, flag, text } from "../options/option-table.ts";
import { applySettings } from "./apply-settings.ts";
import type { Setting } from "./setting.ts";

const table = exclusive([["greedy"], ["warm", "hot"]], {
  greedy: flag("no choice"),
  warm: text("t", "a choice"),
  hot: text("t", "another"),
  other: text("x", "something else"),
});
type Key = keyof typeof table;

const set = (key: Key, given: string | boolean): Setting => ({ command: null, key, given, source: `set ${key}` });
const off = { greedy: false };

it("fills what is not given, from the strongest layer that has it", () => {
  const layers = [[set("warm", "1")], [set("warm", "2"), set("hot", "3"), set("other", "4")]];
  const { options, used } = applySettings(table, off, new Set(), layers);
  expect(options).toEqual({ greedy: false, warm: "1", hot: "3", other: "4" });
  expect(used.map(({ source }) => source)).toEqual(["set warm", "set hot", "set other"]);
  expect(applySettings(table, { ...off, warm: "0" }, new Set(["warm"]), layers).options["warm"]).toBe("0");
});

it("lets weaker settings fall away that what is given replaces", () => {
  const layers = [[set("warm", "1"), set("other", "4")]];
  expect(applySettings(table, { greedy: true }, new Set(["greedy"]), layers).options).toEqual({
    greedy: true,
    other: "4",
  });
  expect(applySettings(table, { ...off, hot: "9" }, new Set(["hot"]), [[set("greedy", true)]]).options).toEqual({
    greedy: false,
    hot: "9",
  });
  // Turned off, it leaves the others alone.
  expect(applySettings(table, off, new Set(["greedy"]), [[set("warm", "1"), set("greedy", true)]]).options).toEqual({
    greedy: false,
    warm: "1",
  });
});

it("never changes what is given, and never has both sides of an exclusion from different places", () => {
  const value = fc.constantFrom("a", "b");
  const setting = fc.oneof(
    fc.boolean().map((given) => set("greedy", given)),
    fc.tuple(fc.constantFrom<Key>("warm", "hot", "other"), value).map(([key, given]) => set(key, given)),
  );
  const layer = fc.uniqueArray(setting, { selector: ({ key }) => key, maxLength: 1 });
  fc.assert(
    fc.property(
      fc.array(layer, { maxLength: 4 }),
      fc.uniqueArray(fc.constantFrom<Key>("warm", "hot", "other")),
      (layers, keys) => {
        const given = Object.fromEntries(keys.map((key) => [key, "given"]));
        const { options } = applySettings(table, { ...off, ...given }, new Set(keys), layers);
        expect(options).toMatchObject(given);
        const isDrawn = options["warm"] !== undefined || options["hot"] !== undefined;
        expect(options["greedy"] === true && isDrawn).toBe(false);
      },
    ),
    { seed: 1 },
  );
});
