import { NginxProcess } from "../../../testing/serving/nginx-process.ts";
import { ServerProcess } from "../../../testing/serving/server-process.ts";
import { conversations } from "./conversations.ts";
import { keptStarts, type KeptStarts } from "./kept-starts.ts";
import { prefixHits, type PrefixHits } from "./prefix-hits.ts";
import { ReplicaSet } from "./replica-set.ts";
import { talk, type AffinityKey, type Turn } from "./talk.ts";

export interface ReplicasSetup {
  readonly maxTokens: number;
  /** "none": requests go to the replica that has the least to do. */
  readonly key: AffinityKey | "none";
  /** Replicas that are ended and started anew, one after another, with all clients at work. */
  readonly kills: number;
  /** SIGTERM lets them finish what they compute. Default: SIGKILL. */
  readonly signal?: "SIGKILL" | "SIGTERM";
}

/** A replica that was ended: what it was computing, and how long it was away. */
interface Killed {
  readonly replica: number;
  readonly running: number;
  readonly seconds: number;
}

export interface ReplicasReport extends Pick<ReplicasSetup, "key"> {
  /** How replicas were ended; null where none was. */
  readonly signal: ReplicasSetup["signal"] | null;
  readonly conversations: number;
  readonly turns: number;
  readonly seconds: number;
  readonly hits: PrefixHits;
  readonly starts: KeptStarts;
  readonly kills: readonly Killed[];
  /** Turns whose text is not the one of a server that had one conversation at a time. */
  readonly wrong: number;
  /** What clients were told whose request was lost, and how often; each of them asked again. */
  readonly errors: Readonly<Record<string, number>>;
  /** Requests that nginx sent to a second replica. */
  readonly sentOnByNginx: number;
  /** Requests that each replica answered wholly, by its own log. */
  readonly answeredBy: readonly number[];
  /** Answers that clients got and no replica's log has, and of these the ones by a replica that was killed thereupon. */
  readonly unknown: number;
  readonly unknownOfKilled: number;
  /** Requests that two replicas answered, or one of them twice. */
  readonly doubled: number;
  /** Requests that a replica answered and was killed before its answer had left; another one answered them. */
  readonly lostWithReplica: number;
  readonly exitCodes: readonly (number | null)[];
}

const args = ["--threads", "1", "--kv-memory", "64MB", "--max-sequences", "16"];
const nameOf = (at: number): string => `c${at}`;

/** The turns of each conversation on a server that has nothing else to do, and what it finds of their starts. */
export async function alone(maxTokens: number): Promise<{ readonly turns: Turn[][]; readonly hits: PrefixHits }> {
  const server = await ServerProcess.start(args);
  try {
    const all: Turn[][] = [];
    for (const [at, says] of conversations.entries())
      all.push(await talk({ url: server.url, name: nameOf(at), says, maxTokens, stream: false }));
    return { turns: all, hits: prefixHits(all) };
  } finally {
    await server.stop();
  }
}

/**
 * Three replicas behind nginx, and sixteen clients that talk at once; every second one reads streams. Replicas are ended while
 * they compute, when as many turns are over as makes their share of all.
 *
 * @param expected the turns of each conversation on a server of their own
 */
export async function replicas(
  { maxTokens, key, kills, signal = "SIGKILL" }: ReplicasSetup,
  expected: readonly (readonly Turn[])[],
): Promise<ReplicasReport> {
  await using set = await ReplicaSet.start(3, args);
  const changes = key === "none" ? ([["hash $helium_affinity consistent;", "least_conn;"]] as const) : [];
  const nginx = await NginxProcess.start({ ports: set.ports, changes });
  const started = performance.now();
  const killed: Killed[] = [];
  const lost: string[] = [];
  let killing = Promise.resolve();
  let [done, planned] = [0, 0];
  const total = conversations.flat().length;
  const onTurn = (): void => {
    done++;
    if (planned === kills || done < Math.round((total * (planned + 1)) / (kills + 1))) return;
    planned++;
    killing = killing.then(kill);
  };
  const kill = async (): Promise<void> => {
    const { replica, running } = await busyReplica(killed.map((each) => each.replica));
    const { seconds, answered } = await set.endAndStart(replica, signal);
    killed.push({ replica, running, seconds });
    lost.push(...answered);
  };
  /** One that computes something, while any does: rather one that has answered much. */
  const busyReplica = async (but: readonly number[]): Promise<Pick<Killed, "replica" | "running">> => {
    const left = set.byAnswers().filter((each) => !but.includes(each));
    for (;;) {
      const isOver = done === total;
      for (const replica of left) {
        const running = await set.running(replica);
        if (running > 0 || isOver) return { replica, running };
      }
    }
  };
  /** Until a replica that was started anew is asked again: one of the conversations is its own. */
  const askAgain = async ({ replica }: Killed): Promise<void> => {
    const isAsked = (): boolean => set.answered(replica).some((id) => id.startsWith(`again${replica}`));
    for (let at = 0; !isAsked(); at++) {
      const says = (conversations[at % conversations.length] ?? []).slice(0, 1);
      await talk({ url: nginx.url, name: `again${replica}-${at}`, says, maxTokens, stream: false });
    }
  };
  try {
    const turns = await Promise.all(
      conversations.map((says, at) =>
        talk({
          ...{ url: nginx.url, name: nameOf(at), says, maxTokens, stream: at % 2 === 1, onTurn },
          ...(key !== "none" && { key }),
        }),
      ),
    );
    await killing;
    const seconds = Math.round((performance.now() - started) / 10) / 100;
    for (const each of killed) await askAgain(each);
    // The last lines of their logs may come after the answers.
    const exitCodes = await set.end();
    const answered = [0, 1, 2].map((at) => set.answered(at));
    const ended = new Set(killed.map(({ replica }) => replica));
    const unknown = turns.flat().filter(({ id }) => !answered.some((ids) => ids.includes(id)));
    const sentTo = await Promise.all(unknown.map(async ({ id }) => (await nginx.lineOf(id)).replicas.at(-1) ?? ""));
    const isKilled = (address: string): boolean =>
      signal === "SIGKILL" && [...ended].some((at) => address.endsWith(`:${set.ports[at]}`));
    return {
      ...{ key, signal: kills > 0 ? signal : null, seconds, exitCodes },
      ...{ conversations: turns.length, turns: turns.flat().length },
      hits: prefixHits(turns),
      starts: keptStarts(turns, set.places(), expected, ended),
      kills: killed,
      wrong: turns.flatMap((of, at) => of.filter(({ text }, turn) => text !== expected[at]?.[turn]?.text)).length,
      errors: counted(turns.flat().flatMap(({ errors }) => errors)),
      sentOnByNginx: nginx.lines().filter(({ replicas: all }) => all.length > 1).length,
      answeredBy: answered.map(({ length }) => length),
      unknown: unknown.length,
      unknownOfKilled: sentTo.filter(isKilled).length,
      ...answeredTwice(answered, new Set(lost)),
    };
  } finally {
    await nginx.stop();
  }
}

/** What the replicas tell of. @param lost answered by a replica that was then ended */
function answeredTwice(
  answered: readonly (readonly string[])[],
  lost: ReadonlySet<string>,
): Pick<ReplicasReport, "doubled" | "lostWithReplica"> {
  const times = counted(answered.flat());
  const twice = Object.keys(times).filter((id) => (times[id] ?? 0) > 1);
  return {
    doubled: twice.filter((id) => !lost.has(id)).length,
    lostWithReplica: twice.filter((id) => lost.has(id)).length,
  };
}

function counted(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
