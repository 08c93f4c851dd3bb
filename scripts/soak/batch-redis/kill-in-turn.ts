import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { HeliumProcess } from "../../../testing/redis/helium-process.ts";
import { RedisServer } from "../../../testing/redis/redis-server.ts";
import { essence, readOutcomes, writeRequests } from "./batch-file.ts";

/** What is done in turn. */
export const turns = ["kill a worker", "kill Redis", "kill the submitter", "fill the disk"] as const;
export type KillTurn = (typeof turns)[number];

export interface KillsSetup {
  readonly lines: number;
  /** Of the longest text. */
  readonly maxTokens: number;
  readonly workers: number;
  /** Lines that a worker has at a time. */
  readonly concurrency: number;
  /** Between two kills so many lines are answered. */
  readonly every: number;
  /** Seconds after which lines of a killed worker are taken by others. */
  readonly lockSeconds: number;
  /** For so long, in ms, what was killed is away: a number up to it, each time another one. */
  readonly awayMs: number;
  /** What one process alone answers. */
  readonly expected: readonly string[];
  /** Where to begin; default: with a worker. */
  readonly first?: KillTurn;
}

export interface KillsReport {
  readonly lines: number;
  readonly workers: number;
  /** Those that had their effect: no submitter was killed that was done by then, and no disk was full that had room for all. */
  readonly done: Readonly<Record<KillTurn, number>>;
  /** What submitters said whose disk was full. */
  readonly fullDisk: string;
  readonly answered: number;
  /** Lines that the last submitter found in the journal of those before; null where it was killed before it could say that. */
  readonly found: number | null;
  /** Lines without an answer, with more than one, not in the place of their request, and with another answer than alone. */
  readonly lost: number;
  readonly doubled: number;
  readonly misplaced: number;
  readonly wrong: number;
  readonly refusals: number;
  /** Of the processes that were told to end. */
  readonly exitCodes: readonly (number | null)[];
  /** What the processes said, each sentence once, and how often. */
  readonly said: Readonly<Record<string, number>>;
  readonly seconds: number;
}

const PASSWORD = "not-to-be-seen";

/** So much fits onto the disk of a submitter before it is full, in KiB. */
const ROOM_KIB = 4;

/** What one process alone answers to the same requests, so far as that is the same whenever they are run. */
export async function answeredAlone({ lines, maxTokens }: Pick<KillsSetup, "lines" | "maxTokens">): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "helium-batch-alone-"));
  try {
    const [input, output] = [join(folder, "in.jsonl"), join(folder, "out.jsonl")];
    writeRequests(input, lines, maxTokens);
    const alone = await HeliumProcess.start(["batch", input, output, "--threads", "1", "--json"]);
    if ((await alone.ended()) !== 0) throw new Error(alone.errors);
    return readOutcomes(output).map(essence);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Kills workers, the submitter and Redis in turn (kill −9), and has the submitter run into a full disk, while the lines of a file
 * are answered.
 */
export async function killInTurn(setup: KillsSetup): Promise<KillsReport> {
  const { lines, workers, concurrency, every, lockSeconds, awayMs, expected, first = turns[0] } = setup;
  const folder = mkdtempSync(join(tmpdir(), "helium-batch-redis-"));
  const [input, output] = [join(folder, "in.jsonl"), join(folder, "out.jsonl")];
  await using redis = await RedisServer.start({ password: PASSWORD });
  const running: HeliumProcess[] = [];
  const ended: HeliumProcess[] = [];
  const env = { REDISCLI_AUTH: PASSWORD };
  const address = redis.url.replace(/:\/\/.*@/, "://");
  const startWorker = async (): Promise<void> => {
    const args = ["worker", "--redis", address, "--concurrency", String(concurrency), "--threads", "1", "--json"];
    const worker = await HeliumProcess.start([...args, "--lock-duration", String(lockSeconds)], { env });
    running.push(worker);
  };
  const submit = (fileKiB?: number): Promise<HeliumProcess> =>
    HeliumProcess.start(["batch", input, output, "--redis", redis.url, "--json"], {
      ...(fileKiB !== undefined && { fileKiB }),
    });
  try {
    writeRequests(input, lines, setup.maxTokens);
    const began = performance.now();
    await Promise.all(Array.from({ length: workers }, startWorker));
    await Promise.all(running.map((worker) => worker.firstLine()));

    const done = { "kill a worker": 0, "kill Redis": 0, "kill the submitter": 0, "fill the disk": 0 };
    let fullDisk = "";
    let submitter = await submit();
    const away = (turn: KillTurn): Promise<void> => sleep(drawn(++done[turn]) * awayMs);
    const acts: Readonly<Record<KillTurn, () => Promise<void>>> = {
      "kill a worker": async () => {
        const worker = running.shift() as HeliumProcess;
        await worker.end("SIGKILL");
        ended.push(worker);
        await away("kill a worker");
        await startWorker();
      },
      "kill Redis": async () => {
        // A worker that finds no Redis when it starts says so and ends.
        await Promise.all(running.map((worker) => worker.firstLine()));
        await redis.kill();
        await away("kill Redis");
        await redis.start();
      },
      "kill the submitter": async () => {
        await submitter.end("SIGKILL");
        // Workers do not wait for us: it may have been done by then.
        if (isFinished(output)) return;
        ended.push(submitter);
        await away("kill the submitter");
        submitter = await submit();
      },
      "fill the disk": async () => {
        await submitter.end("SIGTERM");
        if (isFinished(output)) return;
        ended.push(submitter);
        const full = await submit(Math.ceil(statSync(`${output}.journal`).size / 1024) + ROOM_KIB);
        if ((await full.ended()) === 0) {
          submitter = full;
          return;
        }
        done["fill the disk"]++;
        fullDisk = sentence(messageOf(full.errors));
        submitter = await submit();
      },
    };
    for (let turn = turns.indexOf(first); ; turn++) {
      const from = answeredIn(output);
      while (!submitter.hasEnded && answeredIn(output) < from + every) await sleep(20);
      if (submitter.hasEnded || answeredIn(output) + every > lines) break;
      await acts[turns[turn % turns.length] ?? first]();
    }
    const code = await submitter.ended();
    const exitCodes = [code === null && isFinished(output) ? 0 : code];
    const seconds = Math.round((performance.now() - began) / 1000);
    for (const worker of running) {
      await worker.firstLine();
      exitCodes.push(await worker.end("SIGTERM"));
    }
    ended.push(submitter, ...running.splice(0));
    if (exitCodes[0] !== 0) throw new Error(submitter.errors);

    const outcomes = readOutcomes(output);
    const { found = null } = JSON.parse(submitter.output.split("\n")[0] || "{}") as { readonly found?: number };
    const counts = new Map<string, number>();
    for (const { custom_id } of outcomes) counts.set(custom_id, (counts.get(custom_id) ?? 0) + 1);
    return {
      ...{ lines, workers, done, fullDisk, answered: outcomes.length, found },
      lost: lines - counts.size,
      doubled: [...counts.values()].filter((count) => count > 1).length,
      misplaced: outcomes.filter(({ custom_id }, at) => custom_id !== `line:${at}`).length,
      wrong: outcomes.filter((outcome, at) => essence(outcome) !== expected[at]).length,
      refusals: outcomes.filter(({ response }) => response?.status_code === 400).length,
      ...{ exitCodes, said: tally(ended.map(({ errors }) => errors).join("")), seconds },
    };
  } finally {
    for (const each of running) await each.end("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether a submitter has done all: the output appears when all answers are there, and the journal goes. */
const isFinished = (output: string): boolean => existsSync(output) && !existsSync(`${output}.journal`);

/** Lines of the journal, without its first. */
function answeredIn(output: string): number {
  try {
    return readFileSync(`${output}.journal`, "utf8").split("\n").length - 2;
  } catch {
    return 0;
  }
}

/** From 0 to 1, the same in each run. */
const drawn = (n: number): number => (n * 0.618) % 1;

/** The error that a command with --json told last. */
function messageOf(errors: string): string {
  const { error } = JSON.parse(errors.trim().split("\n").at(-1) ?? "{}") as {
    readonly error?: { readonly message?: string };
  };
  return error?.message ?? "";
}

/** Without its numbers and folders. */
const sentence = (line: string): string => line.replace(/(^|\s)\/\S+\//g, "$1…/").replace(/\d[\d,.]*/g, "#");

/** Sentences, and how often they came. Log lines of JSON are left out. */
function tally(text: string): Readonly<Record<string, number>> {
  if (text.includes(PASSWORD)) throw new Error(`the password was shown:\n${text}`);
  const counts: Record<string, number> = {};
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("{")) continue;
    const told = sentence(line);
    counts[told] = (counts[told] ?? 0) + 1;
  }
  return counts;
}
