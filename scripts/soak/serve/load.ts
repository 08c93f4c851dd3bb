import type { ClientReport } from "../../../testing/serving/client.ts";
import { percentiles } from "../../../testing/serving/percentiles.ts";
import { prompts } from "./prompts.ts";
import type { ServerProcess } from "../../../testing/serving/server-process.ts";

export interface LoadSetup {
  readonly clients: number;
  readonly seconds: number;
  /** How long one client is measured alone. */
  readonly aloneSeconds: number;
  readonly maxTokens: number;
}

/** What so many streams at once got, beside one alone. */
export async function load(
  server: ServerProcess,
  { clients, seconds, aloneSeconds, maxTokens }: LoadSetup,
): Promise<object> {
  const solo = await server.clients({ prompts, maxTokens, clients: 1, requests: prompts.length });
  const alone = await server.clients({ prompts, maxTokens, clients: 1, seconds: aloneSeconds });
  await server.probe();
  await new Promise((resolve) => setTimeout(resolve, 100));
  const together = await server.clients({ prompts, maxTokens, clients, seconds });
  const { lagMs } = await server.probe();
  const rates = [alone, together].map(({ tokens, seconds: taken }) => tokens / taken);
  const wrong = prompts.filter((_, at) => together.texts[at]?.some((text) => text !== solo.texts[at]?.[0])).length;
  const errors = [solo, alone, together].flatMap((each) => [...each.errors, ...badStatuses(each)]);
  return {
    ...{ clients, seconds, maxTokens, prompts: prompts.length },
    ...{ errors, promptsWithAnotherText: wrong, texts: together.statuses["200"] ?? 0 },
    tokensPerSecond: {
      alone: round(rates[0]),
      together: round(rates[1]),
      times: round((rates[1] ?? NaN) / (rates[0] ?? NaN)),
    },
    alone: { firstMs: alone.firstMs, gapMs: alone.gapMs },
    together: { firstMs: together.firstMs, gapMs: together.gapMs },
    ...{ lagMs, leaks: await server.leaks() },
  };
}

const round = (value = NaN): number => percentiles([value]).p50;

const badStatuses = ({ statuses }: ClientReport): string[] =>
  Object.entries(statuses).flatMap(([status, count]) => (status === "200" ? [] : [`${count} × ${status}`]));
