import { z } from "@hono/zod-openapi";

const milliseconds: Readonly<Record<string, number>> = {
  ...{ ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 },
};

/** A number with a unit, of which durations in Go's language have one or several: `5m`, `1h30m`. */
const part = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/g;
const whole = new RegExp(`^[+-]?(?:0|(?:${part.source})+)$`);

/** `keep_alive` of a request: how long its model stays in memory after it. */
export const keepAliveField = z
  .union([z.string().regex(whole, 'is to be a duration such as "5m", or seconds'), z.number()])
  .nullish()
  .openapi({
    description:
      "How long the model stays in memory after the request: seconds, or 5m; below 0: for ever; 0: not at all",
  });

/** In milliseconds; Infinity: for ever; null: the server's own time. */
export function keepAliveMs(given: z.infer<typeof keepAliveField>): number | null {
  if (given === null || given === undefined || given === "") return null;
  const ms = typeof given === "number" ? given * 1000 : durationMs(given);
  return ms < 0 ? Infinity : ms;
}

function durationMs(text: string): number {
  const sum = [...text.matchAll(part)].reduce(
    (total, [, number, unit = ""]) => total + Number(number) * (milliseconds[unit] ?? NaN),
    0,
  );
  return text.startsWith("-") ? -sum : sum;
}
