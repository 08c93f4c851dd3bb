import { NginxProcess } from "../../../testing/serving/nginx-process.ts";
import { ServerProcess } from "../../../testing/serving/server-process.ts";
import { conversations } from "./conversations.ts";
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
  /** The first of them: the one with the most conversations, or the one in between. Default: the most. */
  readonly victim?: "most" | "middle";
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
  readonly kills: readonly Killed[];
  /** Turns whose text is not the one of a server that had one conversation at a time. */
  readonly wrong: number;
  /** What clients were told whose request was lost, and how often; each of them asked again. */
  readonly errors: Readonly<Record<string, number>>;
  /** Requests that nginx sent to a second replica. */
  readonly sentOnByNginx: number;
  /** Requests that each replica answered wholly, by its own log. */
  readonly answeredBy: readonly number[];
  /** Answers that clients got and no replica's log has. */
  readonly unknown: number;
  /** Requests that two replicas answered, or one of them twice. */
  readonly doubled: number;
  /** Requests that a replica answered and was killed before its answer had left; another one answered them. */
  readonly lostWithReplica: number;
  readonly exitCodes: readonly (number | null)[];
}

const args = ["--threads", "1", "--kv-memory", "64MB", "--max-sequences", "16"];
const nameOf = (at: number): string => `c${at}`;

/** The texts of each conversation on a server that has nothing else to do, and what it finds of their starts. */
export async function alone(maxTokens: number): Promise<{ readonly texts: string[][]; readonly hits: PrefixHits }> {
  const server = await ServerProcess.start(args);
  try {
    const all: Turn[][] = [];
    for (const [at, says] of conversations.entries())
      all.push(await talk({ url: server.url, name: nameOf(at), says, maxTokens, stream: false }));
    return { texts: all.map((turns) => turns.map(({ text }) => text)), hits: prefixHits(all) };
  } finally {
    await server.stop();
  }
}

/**
 * Three replicas behind nginx, and sixteen clients that talk at once; every second one reads streams. Replicas are ended while
 * they compute, when as many turns are over as makes their share of all.
 *
 * @param expected the texts of each conversation
 */
export async function replicas(
  { maxTokens, key, kills, signal = "SIGKILL", victim = "most" }: ReplicasSetup,
  expected: readonly (readonly string[])[],
): Promise<ReplicasReport> {
  const set = await ReplicaSet.start(3, args);
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
    const at = killed.length;
    const left = set.byAnswers().filter((each) => !killed.some((one) => one.replica === each));
    const replica = left[at === 0 && victim === "middle" ? 1 : 0] ?? 0;
    killed.push({ replica, running: 0, seconds: 0 });
    const { running, seconds, answered } = await set.endAndStart(replica, signal);
    killed[at] = { replica, running, seconds };
    lost.push(...answered);
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
    const answered = [0, 1, 2].map((at) => set.answered(at));
    return {
      ...{
        key,
        signal: kills > 0 ? signal : null,
        conversations: turns.length,
        turns: turns.flat().length,
        seconds,
        hits: prefixHits(turns),
        kills: killed,
      },
      wrong: turns.flatMap((of, at) => of.filter(({ text }, turn) => text !== expected[at]?.[turn])).length,
      errors: counted(turns.flat().flatMap(({ errors }) => errors)),
      sentOnByNginx: nginx.lines().filter(({ replicas: sentTo }) => sentTo.length > 1).length,
      ...comparison(turns.flat(), answered, new Set(lost)),
      exitCodes: await set.stop(),
    };
  } finally {
    await set.stop();
    await nginx.stop();
  }
}

/** What clients have beside what the replicas tell of. @param lost answered by a replica that was then killed */
function comparison(
  turns: readonly Turn[],
  answered: readonly (readonly string[])[],
  lost: ReadonlySet<string>,
): Pick<ReplicasReport, "answeredBy" | "unknown" | "doubled" | "lostWithReplica"> {
  const times = counted(answered.flat());
  const twice = Object.keys(times).filter((id) => (times[id] ?? 0) > 1);
  return {
    answeredBy: answered.map(({ length }) => length),
    unknown: turns.filter(({ id }) => times[id] === undefined).length,
    doubled: twice.filter((id) => !lost.has(id)).length,
    lostWithReplica: twice.filter((id) => lost.has(id)).length,
  };
}

function counted(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
