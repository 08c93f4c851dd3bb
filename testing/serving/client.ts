/** A process of clients: `client.ts '{"url": …}'` prints one line of JSON when all of them are done. */
import { Agent } from "node:http";
import { percentiles, type Percentiles } from "./percentiles.ts";
import { streamText } from "./stream-text.ts";

export interface ClientJob {
  readonly url: string;
  readonly prompts: readonly string[];
  readonly maxTokens: number;
  /** Texts at a time. */
  readonly clients: number;
  /** New texts begin for so long, or until there were so many. */
  readonly seconds?: number;
  readonly requests?: number;
}

export interface ClientReport {
  readonly statuses: Readonly<Record<string, number>>;
  readonly errors: readonly string[];
  /** Answers with 429 that did not say when to come back. */
  readonly withoutRetryAfter: number;
  readonly tokens: number;
  readonly seconds: number;
  readonly firstMs: Percentiles;
  readonly gapMs: Percentiles;
  /** Every text that came for each prompt. */
  readonly texts: readonly (readonly string[])[];
}

const job = JSON.parse(process.argv[2] ?? "{}") as ClientJob;
const { url, prompts, maxTokens, clients, seconds = Infinity, requests = Infinity } = job;
const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
const statuses: Record<string, number> = {};
const errors: string[] = [];
const texts = prompts.map(() => new Set<string>());
const [first, gaps]: [number[], number[]] = [[], []];
let withoutRetryAfter = 0;
let tokens = 0;
let begun = 0;
const started = performance.now();

async function client(): Promise<void> {
  while (begun < requests && performance.now() - started < seconds * 1000) {
    const at = begun++ % prompts.length;
    try {
      const came = await streamText({ url, prompt: prompts[at] ?? "", maxTokens, agent });
      statuses[came.status] = (statuses[came.status] ?? 0) + 1;
      if (came.status === 429 && came.retryAfter === null) withoutRetryAfter++;
      if (came.status !== 200) continue;
      texts[at]?.add(came.text);
      tokens += came.tokens;
      first.push(came.firstMs);
      gaps.push(...came.gapsMs);
    } catch (error) {
      errors.push(String(error));
    }
  }
}

await Promise.all(Array.from({ length: clients }, client));
const report: ClientReport = {
  ...{ statuses, errors, withoutRetryAfter, tokens },
  seconds: (performance.now() - started) / 1000,
  ...{ firstMs: percentiles(first), gapMs: percentiles(gaps), texts: texts.map((set) => [...set]) },
};
console.log(JSON.stringify(report));
process.exit(0);
