import { findExecutable } from "../find-executable.ts";

/** What a skipped browser test tells the reader. */
export const needsChromium = "needs a Chromium on the PATH (apt-get install chromium) or its path in CHROMIUM";

/** A Chromium's executable: the one named by the variable CHROMIUM, or the first on the PATH; null where there is none. */
export function findChromium(): string | null {
  const named = process.env["CHROMIUM"];
  return named ? named : findExecutable("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
}

/** WebGL2 and WebGPU without a graphics card, both computed by SwiftShader. */
export const softwareGraphics: readonly string[] = [
  "--enable-unsafe-swiftshader",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  // Clearing the memory of workgroups makes SwiftShader ten times slower to compile.
  "--enable-dawn-features=allow_unsafe_apis,disable_workgroup_init",
  // Containers run tests as root, where the sandbox refuses to start.
  "--no-sandbox",
];
