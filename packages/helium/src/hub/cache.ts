export { cacheLocation, listCache, type CachedRepo, type CachedRevision } from "./node/cache-contents.ts";
export { removeFromCache } from "./node/cache-removal.ts";
