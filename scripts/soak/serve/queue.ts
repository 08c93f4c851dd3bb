import { prompts } from "./prompts.ts";
import type { ServerProcess } from "../../../testing/serving/server-process.ts";

export interface QueueReport {
  readonly clients: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly errors: readonly string[];
  /** Statuses that should not be there. */
  readonly others: readonly string[];
  readonly withoutRetryAfter: number;
  readonly seconds: number;
  readonly leaks: Readonly<Record<string, number>>;
}

/** So many clients at once on a server with a short queue: each is answered, or told to come back. */
export async function queue(server: ServerProcess, { clients }: { readonly clients: number }): Promise<QueueReport> {
  const { statuses, errors, withoutRetryAfter, seconds } = await server.clients({
    ...{ prompts, maxTokens: 16, clients, requests: clients },
  });
  const others = Object.keys(statuses).filter((status) => status !== "200" && status !== "429");
  return { clients, statuses, errors, others, withoutRetryAfter, seconds, leaks: await server.leaks() };
}
