export { KvCache, type CacheView, type KvCacheConfig } from "./kv-cache.ts";
