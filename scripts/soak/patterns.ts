/**
 * `npm run soak -- patterns --folder DIR`: reads the patterns of the schemas in a folder (or of the variable JSON_SCHEMAS),
 * and compares each with the platform's RegExp on texts that lead through it, and on such texts with a character more or
 * less, in UTF-8 and in JSON.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import "../workspace-sources.ts";

const { encodeJsonBody, encodeText, parsePattern, searchPattern } = await import("@helium-lm/helium/grammar/pattern");
const { RegexArena } = await import("@helium-lm/helium/grammar/regex");
const { GrammarError } = await import("@helium-lm/helium/errors");

const { values } = parseArgs({ options: { folder: { type: "string", default: process.env.JSON_SCHEMAS ?? "" } } });
if (values.folder === "")
  throw new Error("--folder: expected the folder with the schemas, or the variable JSON_SCHEMAS");

const patterns = new Set<string>();
const collect = (part: unknown): void => {
  if (typeof part !== "object" || part === null) return;
  const { pattern, patternProperties } = part as { readonly pattern?: unknown; readonly patternProperties?: unknown };
  if (typeof pattern === "string") patterns.add(pattern);
  if (typeof patternProperties === "object" && patternProperties !== null) {
    for (const key of Object.keys(patternProperties)) patterns.add(key);
  }
  for (const inner of Object.values(part)) collect(inner);
};
for (const file of readdirSync(values.folder).filter((name) => name.endsWith(".json"))) {
  const read: unknown = JSON.parse(readFileSync(join(values.folder, file), "utf8"));
  collect((read as { readonly schema?: unknown }).schema ?? read);
}

let seed = 15;
const draw = (below: number): number => (seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff) % below;

/** A text of ASCII that leads through the states of `start`; short, since the platform's RegExp tries every way back. */
function textThrough(regexes: InstanceType<typeof RegexArena>, start: number): string {
  let [state, text] = [start, ""];
  for (let i = 0; i < 18 && !(regexes.isNullable(state) && draw(6) === 0); i++) {
    const open: number[] = [];
    for (let byte = 0x20; byte < 0x7f; byte++) if (regexes.step(state, byte) !== regexes.nothing) open.push(byte);
    const byte = open[draw(Math.max(1, open.length))];
    if (byte === undefined) break;
    text += String.fromCharCode(byte);
    state = regexes.step(state, byte);
  }
  return text;
}

function platformOf(source: string): RegExp | undefined {
  for (const flags of ["u", ""]) {
    try {
      return new RegExp(source, flags);
    } catch {
      // Published schemas have patterns that need annex B, which the flag u leaves out.
    }
  }
  return undefined;
}

const counts = { patterns: patterns.size, compared: 0, texts: 0, wrong: 0 };
for (const source of patterns) {
  const regexes = new RegexArena();
  try {
    const pattern = searchPattern(parsePattern(source));
    const [inText, inJson] = [encodeText(regexes, pattern), encodeJsonBody(regexes, pattern)];
    const platform = platformOf(source);
    for (let i = 0; i < 4; i++) {
      const walked = textThrough(regexes, inText);
      for (const text of [walked, walked.slice(1), walked.slice(0, -1), `${walked}x`, `\n${walked}`]) {
        const expected = platform?.test(text);
        counts.texts++;
        const spelt = JSON.stringify(text).slice(1, -1);
        if (regexes.matches(inText, text) === expected && regexes.matches(inJson, spelt) === expected) continue;
        counts.wrong++;
        console.log(
          `wrong: /${source}/ on ${JSON.stringify(text)}, which RegExp ${expected === true ? "matches" : "refuses"}`,
        );
      }
    }
    counts.compared++;
  } catch (error) {
    if (!(error instanceof GrammarError)) throw error;
    console.log(`refused: ${error.message}`);
  }
}
console.log(JSON.stringify(counts));
if (counts.wrong > 0) process.exitCode = 1;
