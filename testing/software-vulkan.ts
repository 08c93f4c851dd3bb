import { existsSync, realpathSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { findChromium } from "./browser/chromium.ts";

const swiftShader = "vk_swiftshader_icd.json";

/** Where Mesa installs the manifest of lavapipe, by its version. */
const lavapipes = ["lvp_icd.json", "lvp_icd.x86_64.json", "lvp_icd.aarch64.json"].map((name) =>
  join("/usr/share/vulkan/icd.d", name),
);

/** What a skipped test of `shader-f16` tells the reader. */
export const needsLavapipe =
  "needs lavapipe of Mesa 25 (Debian 13: apt-get install mesa-vulkan-drivers) or its manifest in LAVAPIPE_ICD";

/**
 * Environment in which a process finds a Vulkan driver without a graphics card: the SwiftShader of an installed Chromium
 * and the loader beside it. Empty where `VK_ICD_FILENAMES` names a driver already, or there is no Chromium.
 */
export function softwareVulkan(): Readonly<Record<string, string>> {
  const folder = loaderFolder();
  if (process.env["VK_ICD_FILENAMES"] || folder === null) return {};
  return { VK_ICD_FILENAMES: join(folder, swiftShader), ...loadedFrom(folder) };
}

/**
 * The same with lavapipe, Mesa's driver for processors, which has `shader-f16`: that whose manifest `LAVAPIPE_ICD` names, or one
 * that is installed. Null where there is none.
 */
export function lavapipeVulkan(): Readonly<Record<string, string>> | null {
  const manifest = [process.env["LAVAPIPE_ICD"] ?? "", ...lavapipes].find((file) => existsSync(file));
  if (manifest === undefined) return null;
  const folder = loaderFolder();
  return { VK_ICD_FILENAMES: manifest, ...(folder !== null && loadedFrom(folder)) };
}

/** The folder of an installed Chromium with SwiftShader and a Vulkan loader. */
function loaderFolder(): string | null {
  const chromium = findChromium();
  if (chromium === null) return null;
  return librariesOf(chromium).find((one) => existsSync(join(one, swiftShader))) ?? null;
}

function loadedFrom(folder: string): { readonly LD_LIBRARY_PATH: string } {
  const libraries = process.env["LD_LIBRARY_PATH"];
  return { LD_LIBRARY_PATH: libraries ? `${folder}${delimiter}${libraries}` : folder };
}

/** Beside the program, or, where the executable is a script that starts it, in the libraries of the same prefix. */
const librariesOf = (executable: string): string[] => [
  dirname(realpathSync(executable)),
  join(dirname(executable), "..", "lib", basename(executable)),
];
