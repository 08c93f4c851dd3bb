import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../cache-folder.ts";
import { packageFolder, packageVersion } from "../installed.ts";
import { LineProcess } from "../line-process.ts";
import { PeerMissing, type Contender, type ModelFile } from "../player.ts";

const platform = `${process.platform}-${process.arch}`;
const packageName = `@node-llama-cpp/${platform}`;

/** llama.cpp's own libraries, called from C. */
export const native: Contender = {
  name: "llama.cpp native",
  version: () => `llama.cpp ${release()} of ${packageName} ${packageVersion(packageName)}`,
  start: async ({ path, threads, context }) =>
    LineProcess.start(nativeProgram("driver"), [libraries(), path, String(threads), String(context)]),
};

/** Many sequences in one batch; see batch.c for what it is asked. @param sequences at most at a time @throws PeerMissing */
export const startBatch = ({ path, threads, context }: ModelFile, sequences: number): Promise<LineProcess> =>
  LineProcess.start(nativeProgram("batch"), [libraries(), path, ...[threads, context, sequences].map(String)]);

/** Folder of the prebuilt libraries. @throws PeerMissing */
export function libraries(): string {
  return join(packageFolder(packageName), "bins", platform);
}

/** Which llama.cpp they were built from. */
export function release(): string {
  const metadata = JSON.parse(readFileSync(join(libraries(), "_nlcBuildMetadata.json"), "utf8")) as {
    buildOptions: { llamaCpp: { release: string } };
  };
  return metadata.buildOptions.llamaCpp.release;
}

/** The program of `{name}.c`, compiled when a source or the libraries are newer. @throws PeerMissing without a compiler */
export function nativeProgram(name: "batch" | "driver" | "oracle" | "quantizer"): string {
  const folder = libraries();
  const source = join(import.meta.dirname, `${name}.c`);
  const program = join(cacheFolder, "driver", `llama-${name}`);
  const shared = readdirSync(folder).filter((file) => /^lib(llama\.|ggml\.|ggml-base\.).*so/.test(file));
  const header = join(import.meta.dirname, "llama-interface.h");
  const newest = Math.max(
    ...[source, header, ...shared.map((file) => join(folder, file))].map((file) => statSync(file).mtimeMs),
  );
  if (existsSync(program) && statSync(program).mtimeMs > newest) return program;
  mkdirSync(join(cacheFolder, "driver"), { recursive: true });
  const link = [`-L${folder}`, ...shared.map((file) => `-l:${file}`), `-Wl,-rpath,${folder}`];
  try {
    execFileSync("cc", ["-O2", "-o", program, source, ...link, "-Wl,--allow-shlib-undefined", "-lm"], {
      stdio: "pipe",
    });
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split("\n")[1] ?? cause.message) : String(cause);
    throw new PeerMissing(
      "llama.cpp native",
      `the ${name} does not compile (${reason}); install a C compiler`,
      {},
      { cause },
    );
  }
  return program;
}
