import { existsSync, realpathSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { findChromium } from "./browser/chromium.ts";

const driver = "vk_swiftshader_icd.json";

/**
 * Environment in which a process finds a Vulkan driver without a graphics card: the SwiftShader of an installed Chromium
 * and the loader beside it. Empty where `VK_ICD_FILENAMES` names a driver already, or there is no Chromium.
 */
export function softwareVulkan(): Readonly<Record<string, string>> {
  const chromium = findChromium();
  if (process.env["VK_ICD_FILENAMES"] || chromium === null) return {};
  const folder = librariesOf(chromium).find((one) => existsSync(join(one, driver)));
  if (folder === undefined) return {};
  const libraries = process.env["LD_LIBRARY_PATH"];
  return {
    VK_ICD_FILENAMES: join(folder, driver),
    LD_LIBRARY_PATH: libraries ? `${folder}${delimiter}${libraries}` : folder,
  };
}

/** Beside the program, or, where the executable is a script that starts it, in the libraries of the same prefix. */
const librariesOf = (executable: string): string[] => [
  dirname(realpathSync(executable)),
  join(dirname(executable), "..", "lib", basename(executable)),
];
