import { prompts } from "./prompts.ts";
import type { ServerProcess } from "./server-process.ts";

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
  const warm = Math.max(...rssMiB.slice(0, Math.ceil(samples / 5)));
  const most = Math.max(...rssMiB.slice(Math.ceil(samples / 5)));
  return {
    requests,
    errors,
    rssMiB,
    warmMiB: warm,
    mostMiB: most,
    growth: Math.round((most / warm - 1) * 1e4) / 1e4,
    leaks: await server.leaks(),
  };
}
