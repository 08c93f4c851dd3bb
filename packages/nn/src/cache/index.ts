export { KvCache, type CacheView, type KvCacheConfig } from "./kv-cache.ts";
export { isKvDType, kvDTypes, type KvDType } from "./kv-store.ts";
