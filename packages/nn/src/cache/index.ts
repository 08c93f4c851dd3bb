export { KvCache, type CacheView, type KvCacheConfig } from "./kv-cache.ts";
export { KvSequence, type SequenceState } from "./kv-sequence.ts";
export { isKvDType, kvDTypes, type KvDType } from "./kv-store.ts";
export { LayerPages } from "./layer-pages.ts";
export { PagePool, USUAL_PAGE_SIZE, type PagePoolConfig } from "./page-pool.ts";
export { pageBytes, readPages, writePages } from "./page-content.ts";
export type { KeptPage, PrefixNode } from "./prefix-tree.ts";
