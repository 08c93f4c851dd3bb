import { HeliumLmError } from "@helium-lm/tensor";

/** What goes wrong between this process and Redis. No message has the password. */
export class RedisError extends HeliumLmError {}
