/**
 * `npm run size`: minified and gzipped bytes that each subpath export adds to an app, with the other packages of this
 * repository left out, so that the rows of one package do not count another's.
 */
import { fileURLToPath } from "node:url";
import { bundleSizes } from "./house/bundle-sizes.ts";

console.table(await bundleSizes(fileURLToPath(new URL("../", import.meta.url))));
