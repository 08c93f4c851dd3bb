import type { Plugin } from "esbuild";
import { packagesFolder } from "../peers/cache-folder.ts";
import { packageVersion } from "../peers/installed.ts";
import { PeerMissing } from "../peers/player.ts";

/** Contenders with the packages that they are. */
const packages = {
  "tfjs-webgpu": ["@tensorflow/tfjs-backend-webgpu", "@tensorflow/tfjs-core"],
  "jax-js": ["@jax-js/jax"],
} as const;

export type WebGpuPeer = keyof typeof packages;

interface FoundPeers {
  readonly versions: Readonly<Record<string, string>>;
  readonly missing: readonly { readonly contender: WebGpuPeer; readonly reason: string }[];
}

/** Which peers are installed. */
export function findPeers(): FoundPeers {
  const versions: Record<string, string> = {};
  const missing: { contender: WebGpuPeer; reason: string }[] = [];
  for (const contender of Object.keys(packages) as WebGpuPeer[])
    try {
      versions[contender] = packages[contender].map((name) => `${name} ${packageVersion(name)}`).join(", ");
    } catch (error) {
      if (!(error instanceof PeerMissing)) throw error;
      missing.push({ contender, reason: error.message });
    }
  return { versions, missing };
}

/** For esbuild: peers come from the benchmark cache; one that is not there stays an import, which the page never reaches. */
export const peerPackages: Plugin = {
  name: "peer-packages",
  setup: (bundler) =>
    bundler.onResolve({ filter: /^@(tensorflow|jax-js)\// }, async ({ path, kind, resolveDir, pluginData }) => {
      if (pluginData === peerPackages || resolveDir.startsWith(packagesFolder)) return undefined;
      const found = await bundler.resolve(path, { kind, resolveDir: packagesFolder, pluginData: peerPackages });
      return found.errors.length > 0 ? { path, external: true } : found;
    }),
};
