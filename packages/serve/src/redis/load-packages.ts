import type * as Bullmq from "bullmq";
import type * as Ioredis from "ioredis";
import { RedisError } from "./redis-error.ts";

/** The packages that speak with Redis. They are large, and few need them: whoever does installs them beside this one. */
export interface RedisPackages {
  readonly bullmq: typeof Bullmq;
  readonly ioredis: typeof Ioredis;
}

/** @throws RedisError where they are not installed */
export async function loadPackages(): Promise<RedisPackages> {
  try {
    const [bullmq, ioredis] = await Promise.all([import("bullmq"), import("ioredis")]);
    return { bullmq, ioredis };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") throw error;
    throw new RedisError(
      "redis",
      "needs the packages bullmq and ioredis; install them beside this one (npm install bullmq ioredis), or put -p helium-lm -p bullmq -p ioredis before the command of npx",
      { packages: ["bullmq", "ioredis"] },
      { cause: error },
    );
  }
}
