import type { Result } from "../report.ts";
import { summary } from "../rounds.ts";
import { PeerMissing, type Contender, type ModelFile, type Player } from "./player.ts";

/** One thing that is timed. */
export type Event = {
  readonly test: string;
  /** Contenders that take part; default: all. */
  readonly only?: readonly string[];
} & ({ readonly prefill: number } | { readonly context: number; readonly steps: number; readonly weightBytes: number });

export interface Outcome {
  readonly results: readonly Result[];
  readonly versions: Readonly<Record<string, string>>;
  readonly missing: readonly { readonly contender: string; readonly reason: string }[];
  readonly peakBytes: Readonly<Record<string, number>>;
}

const ROUNDS = 5;

/** Who does fewer tokens a second than this reads shorter prompts, takes fewer steps, and has fewer rounds. */
const SLOW = 5;
const slowly = { prompt: 16, steps: 8, rounds: 3 } as const;

interface Entrant {
  readonly name: string;
  readonly player: Player;
  readonly slow: boolean;
  readonly rounds: number;
}

/**
 * Every contender loads the same file; then each event goes through rounds in which all take their turn, so that a
 * busy moment of the machine hits all alike. One that is missing, or fails, is listed with its reason.
 *
 * @param sweep GB/s that as many threads read, for the share of it
 * @param most rounds of those that name no number of their own
 */
export async function contest(
  model: ModelFile,
  contenders: readonly Contender[],
  events: readonly Event[],
  sweep: number,
  most = ROUNDS,
): Promise<Outcome> {
  const missing: { contender: string; reason: string }[] = [];
  const drop = (name: string, error: unknown): void => {
    const reason = error instanceof Error ? error.message : String(error);
    console.log(`${name}: ${reason}`);
    missing.push({ contender: name, reason });
  };
  const entrants: Entrant[] = [];
  const versions: Record<string, string> = {};
  const peakBytes: Record<string, number> = {};
  const results: Result[] = [];
  try {
    for (const { name, version, start, rounds = most } of contenders) {
      try {
        const player = await start(model);
        versions[name] = version();
        const slow = await isSlow(player);
        entrants.push({ name, player, slow, rounds: slow ? Math.min(rounds, slowly.rounds) : rounds });
      } catch (error) {
        if (!(error instanceof PeerMissing) && name === contenders[0]?.name) throw error;
        drop(name, error);
      }
    }
    for (const event of events) {
      const able = entrants.filter(({ name }) => event.only?.includes(name) ?? true);
      const speeds = new Map<string, number[]>(able.map(({ name }) => [name, []]));
      for (let round = 0; round < most; round++)
        for (const entrant of able) {
          if (round >= entrant.rounds) continue;
          try {
            speeds.get(entrant.name)?.push(await turn(entrant, event));
          } catch (error) {
            drop(entrant.name, error);
            speeds.delete(entrant.name);
            able.splice(able.indexOf(entrant), 1);
          }
        }
      for (const [contender, runs] of speeds) {
        const { best, median } = summary(runs);
        const rate = "weightBytes" in event ? (event.weightBytes * best) / 1e9 : undefined;
        results.push({
          ...{ test: event.test, contender, unit: "tok/s", best, median, runs },
          ...(rate !== undefined && { gbPerSecond: rate, shareOfSweep: rate / sweep }),
        });
      }
    }
    for (const { name, player } of entrants) peakBytes[name] = player.peakBytes();
  } finally {
    for (const { player } of entrants) await player.close();
  }
  return { results, versions, missing, peakBytes };
}

/** Also warms up: the first passes of an engine compile, and read the file. */
async function isSlow(player: Player): Promise<boolean> {
  const read = await player.prefill(slowly.prompt);
  const step = (await player.decode(slowly.prompt, 2)) / 2;
  return slowly.prompt / read < SLOW || 1 / step < SLOW;
}

/** Tokens per second. */
async function turn({ player, slow }: Entrant, event: Event): Promise<number> {
  if ("prefill" in event) {
    const tokens = slow ? slowly.prompt : event.prefill;
    return tokens / (await player.prefill(tokens));
  }
  const [context, steps] = slow ? [slowly.prompt, slowly.steps] : [event.context, event.steps];
  return steps / (await player.decode(context, steps));
}
