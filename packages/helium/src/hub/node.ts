export { listCache, removeFromCache, type CachedRepo, type CachedRevision } from "./node/cache-contents.ts";
