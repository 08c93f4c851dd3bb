import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { HeliumLmError } from "@helium-lm/tensor";
import { formatFile, formatModels } from "../model-files/format-files.ts";
import type { LineProcess } from "../peers/line-process.ts";
import { native, startBatch } from "../peers/native/native.ts";
import { ours, oursPlain } from "../peers/ours/ours.ts";
import { PeerMissing, type ModelFile } from "../peers/player.ts";
import { conditions, printResults, saveReport, type Result } from "../report.ts";
import { summary } from "../rounds.ts";

/** Texts at a time. */
const SIZES = [1, 4, 16, 32] as const;
const MOST = 32;
const PROMPT = 256;
/** Mean length of the texts that go on together, and tokens that each goes on by. */
const AROUND = 64;
const STEPS = 24;

interface Entrant {
  readonly name: string;
  readonly version: () => string;
  readonly start: (model: ModelFile) => Promise<LineProcess>;
}

interface BatchModel extends ModelFile {
  readonly name: string;
  readonly entrants: readonly Entrant[];
}

const llamaCpp: Entrant = { name: native.name, version: native.version, start: (model) => startBatch(model, MOST) };

/**
 * One engine with 1, 4, 16 and 32 texts of different lengths: going on together, and from a queue, where one joins when
 * another ends; beside its own prefill, and llama.cpp with the same texts in one batch.
 *
 * @param args `--only TEXT` (tests whose name has it) and `--rounds N`: what is measured so is not saved
 */
export async function batchBenchmark(name: string, args: readonly string[]): Promise<void> {
  const { only, rounds } = parseArgs({
    args: [...args],
    options: { only: { type: "string" }, rounds: { type: "string", default: "3" } },
  }).values;
  const before = await conditions();
  const results: Result[] = [];
  const missing: { contender: string; reason: string }[] = [];
  const versions: Record<string, string> = {};
  for (const model of await models()) {
    const wanted = tests(model.name).filter(([test]) => test.includes(only ?? ""));
    if (wanted.length === 0) continue;
    const players = new Map<Entrant, LineProcess>();
    try {
      for (const entrant of model.entrants)
        try {
          players.set(entrant, await entrant.start(model));
          versions[entrant.name] = entrant.version();
        } catch (error) {
          if (!(error instanceof PeerMissing)) throw error;
          missing.push({ contender: entrant.name, reason: error.message });
        }
      for (const [test, command] of wanted) results.push(...(await contest(players, test, command, Number(rounds))));
    } finally {
      for (const player of players.values()) await player.close();
    }
  }
  printResults(results, ours.name);
  if (args.length === 0) saveReport(name, before, { results, missing, versions });
}

async function models(): Promise<BatchModel[]> {
  const [smollm2] = formatModels;
  const common = { word: " hello", context: 256, threads: 2 };
  return [
    ...(smollm2
      ? [
          {
            ...{ ...common, name: "SmolLM2-135M Q8_0", path: await formatFile(smollm2, "Q8_0"), vocab: smollm2.vocab },
            entrants: [ours, oursPlain, llamaCpp],
          },
        ]
      : []),
    {
      ...{ ...common, name: "helium-nano", path: fileURLToPath(new URL("../../models/helium-nano", import.meta.url)) },
      ...{ vocab: 6144, entrants: [ours, oursPlain] },
    },
  ];
}

function tests(model: string): [test: string, command: string][] {
  return [
    [`${model} prefill, ${PROMPT} tokens`, `prefill ${PROMPT}`],
    ...SIZES.map((size): [string, string] => [
      `${model} decode, ${size} together`,
      `together ${size} ${AROUND} ${STEPS}`,
    ]),
    ...SIZES.map((size): [string, string] => [
      `${model} queue, ${size} at a time`,
      `queue ${size} ${4 + Math.ceil(1.25 * size)}`,
    ]),
  ];
}

/** Rounds in which all take their turn; a short one before lets everyone compile. */
async function contest(
  players: ReadonlyMap<Entrant, LineProcess>,
  test: string,
  command: string,
  rounds: number,
): Promise<readonly Result[]> {
  const speeds = new Map<Entrant, number[]>([...players.keys()].map((entrant) => [entrant, []]));
  for (const player of players.values()) await player.ask("together 2 8 4");
  for (let round = 0; round < rounds; round++)
    for (const [entrant, player] of players) {
      const { seconds, tokens = PROMPT } = await player.ask(command);
      if (typeof seconds !== "number" || typeof tokens !== "number")
        throw new HeliumLmError(entrant.name, `answered ${command} without seconds and tokens`);
      speeds.get(entrant)?.push(tokens / seconds);
    }
  return [...speeds].map(([{ name: contender }, runs]) => ({
    ...{ test, contender, unit: "tok/s" },
    ...{ ...summary(runs), runs },
  }));
}
