import { formatFile, formatModels, type FormatModel } from "../model-files/format-files.ts";
import { contest, type Event, type Outcome } from "../peers/contest.ts";
import { native } from "../peers/native/native.ts";
import { oursOn, type Codegen } from "../peers/ours/ours.ts";
import type { Contender } from "../peers/player.ts";
import { onProcessorClock } from "../peers/processor-clock.ts";
import { conditions, digits, saveReport } from "../report.ts";
import { formatsFilter, type FormatsFilter } from "./formats-filter.ts";
import { formatsRows, NATIVE, type FormatsRow, type Speed } from "./formats-rows.ts";
import { measureSweeps } from "./model-contest.ts";
import { weightBytesPerToken } from "./weight-bytes.ts";

interface MeasuredFile {
  readonly title: string;
  readonly model: FormatModel;
  readonly path: string;
}

interface Engine {
  readonly node: number;
  readonly codegen: Codegen;
  readonly rounds?: number;
}

/** Ours in every Node, with both ways of compiling where they differ; only the first two are held to bars. */
const engines: readonly Engine[] = [
  { node: 24, codegen: "wide" },
  { node: 24, codegen: "plain" },
  { node: 22, codegen: "plain", rounds: 2 },
  { node: 20, codegen: "plain", rounds: 2 },
];

const CONTEXT = 32;
const PROMPT = 256;
const ROUNDS = 5;
const THREADS = 2;

/** Steps that are timed at once: fewer of a large model. */
const stepsOf = ({ bytes }: FormatModel): number => (bytes > 1e9 ? 32 : 64);

/**
 * The files that people download, each beside native llama.cpp on the same file: a short decode and a prompt of 256 tokens.
 * Nothing is saved where the command line leaves something out.
 */
export async function formatsBenchmark(name: string, args: readonly string[]): Promise<void> {
  const filter = formatsFilter(args);
  const before = await conditions();
  const files = await formatFiles(filter);
  const readSweep = await measureSweeps();
  const outcomes: Outcome[] = [];
  for (const file of files) {
    const { title, model, path } = file;
    const outcome = await contest(
      { path, vocab: model.vocab, word: "a", context: 512, threads: filter.threads ?? THREADS },
      contenders(filter),
      await events(file, filter),
      readSweep.twoThreads,
      filter.rounds ?? ROUNDS,
    );
    print(title, outcome);
    outcomes.push(outcome);
  }
  if (filter.isPartial) return;
  saveReport(name, before, {
    readSweep,
    versions: Object.assign({}, ...outcomes.map(({ versions }) => versions)) as Outcome["versions"],
    missing: unique(outcomes.flatMap(({ missing }) => missing)),
    results: outcomes.flatMap(({ results }) => results),
  });
}

/** Makes those files that are not in the cache, minutes for the larger ones. */
export async function formatFiles({ wants }: Pick<FormatsFilter, "wants">): Promise<readonly MeasuredFile[]> {
  const files: MeasuredFile[] = [];
  for (const model of formatModels)
    for (const format of model.formats)
      if (wants(model, format))
        files.push({ title: `${model.name} ${format}`, model, path: await formatFile(model, format) });
  return files;
}

function contenders({ wantsEngine, rounds, onProcessorClock: byProcessor }: FormatsFilter): Contender[] {
  const ours = engines
    .filter(({ node, codegen }) => wantsEngine(node, codegen))
    .map(({ node, codegen, rounds: own }) => ({
      ...oursOn(`helium-lm, Node ${node}, ${codegen}`, node, codegen),
      ...(own !== undefined && { rounds: Math.min(own, rounds ?? own) }),
    }));
  const all = [...ours, native];
  return byProcessor ? all.map(onProcessorClock) : all;
}

async function events({ title, model, path }: MeasuredFile, { wantsTest }: FormatsFilter): Promise<Event[]> {
  const weightBytes = await weightBytesPerToken(path);
  return [
    ...(wantsTest("decode") ? [{ test: `${title} decode`, context: CONTEXT, steps: stepsOf(model), weightBytes }] : []),
    ...(wantsTest("prefill") ? [{ test: `${title} prefill`, prefill: PROMPT }] : []),
  ];
}

const unique = (missing: Outcome["missing"]): Outcome["missing"] => [
  ...new Map(missing.map((one) => [`${one.contender}: ${one.reason}`, one])).values(),
];

function print(title: string, { results }: Outcome): void {
  const theirs = (test: string): string => {
    const found = results.find((result) => result.contender === NATIVE && result.test === `${title} ${test}`);
    return found ? digits(found.best) : "–";
  };
  console.log(`${title}: native decode ${theirs("decode")} tok/s, prefill ${theirs("prefill")} tok/s`);
  for (const row of formatsRows({ results })) console.log(`  ${line(row)}`);
}

function line({ engine, decode, prefill }: FormatsRow): string {
  const cell = (name: string, speed: Speed | undefined): string =>
    speed === undefined
      ? ""
      : `  ${name} ${digits(speed.best).padStart(6)} tok/s ${(100 * speed.share).toFixed(0).padStart(4)} %`;
  return `${engine.padEnd(26)}${cell("decode", decode)}${cell("prefill", prefill)}`;
}
