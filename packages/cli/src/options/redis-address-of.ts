import type { RedisAddress } from "@helium-lm/serve/redis";
import type { CliIo } from "../terminal/cli-io.ts";
import { secret, text, type ValueOption } from "./option-table.ts";

export const redisOption = (help: string): ValueOption<string> =>
  secret(text("url", `${help}: redis://host:port, or with user:password@ before the host; rediss:// for TLS`));

/** The address, with the password of redis-cli's variable where it has none: others see options in the list of processes. */
export async function redisAddressOf(url: string, { env }: Pick<CliIo, "env">): Promise<RedisAddress> {
  const { redisAddress } = await import("@helium-lm/serve/redis");
  return redisAddress(url, env["REDISCLI_AUTH"]);
}
