import { growth } from "./growth.ts";
import { prompts } from "./prompts.ts";
import type { ServerProcess } from "../../../testing/serving/server-process.ts";

export interface MemorySetup {
  readonly requests: number;
  readonly samples: number;
}

/** Resident memory of the server over many requests: what is warm after a fifth of them is to be enough for the others. */
export async function memory(server: ServerProcess, { requests, samples }: MemorySetup): Promise<object> {
  const errors: string[] = [];
  const rssMiB: number[] = [];
  for (let sample = 0; sample < samples; sample++) {
    const share = Math.round(requests / samples);
    const report = await server.clients({ prompts, maxTokens: 4, clients: 16, requests: share });
    errors.push(...report.errors);
    if (report.statuses["200"] !== share) errors.push(JSON.stringify(report.statuses));
    rssMiB.push((await server.probe("collect")).rssMiB);
    console.log(`${(sample + 1) * share} requests: ${rssMiB.at(-1)} MiB`);
  }
  return { requests, errors, rssMiB, ...growth(rssMiB), leaks: await server.leaks() };
}
