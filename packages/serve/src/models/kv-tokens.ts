import { HeliumLmError } from "@helium-lm/tensor";
import type { DecoderConfig } from "@helium-lm/helium";
import { kvCacheBytesPerToken } from "@helium-lm/helium/convert";

type KvDType = keyof ReturnType<typeof kvCacheBytesPerToken>;

/** Slots of a page. */
const PAGE = 64;

/** Up to so many tokens wasm keeps f16 where nothing is said, and q8_0 beyond. */
const F16_TOKENS = 2048;

export interface KvStorage {
  /** How keys and values are kept; default: as the backend chooses. */
  readonly kvDType?: string | undefined;
  /** Name of the backend; default "auto". */
  readonly backend?: string | undefined;
}

/**
 * Tokens whose keys and values fit so many bytes, in whole pages.
 *
 * @throws HeliumLmError where not even one page does
 */
export function kvTokens(config: DecoderConfig, bytes: number, { kvDType, backend = "auto" }: KvStorage): number {
  const each = kvCacheBytesPerToken(config);
  const fit = (dtype: KvDType): number => Math.floor(bytes / each[dtype] / PAGE) * PAGE;
  const isWasm = backend === "auto" || backend === "wasm";
  const inF16 = fit("f16");
  const tokens = isKvDType(each, kvDType)
    ? fit(kvDType)
    : !isWasm
      ? fit("f32")
      : inF16 <= F16_TOKENS
        ? inF16
        : fit("q8_0");
  if (tokens > 0) return tokens;
  throw new HeliumLmError(
    "kvMemory",
    `is ${bytes} bytes, less than one page of ${PAGE} tokens, ${PAGE * each.q8_0} to ${PAGE * each.f32} bytes; give more`,
    { given: bytes, page: PAGE },
  );
}

const isKvDType = (table: Readonly<Record<KvDType, number>>, name: string | undefined): name is KvDType =>
  name !== undefined && Object.hasOwn(table, name);
