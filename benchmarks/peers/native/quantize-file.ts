import { execFile } from "node:child_process";
import { renameSync, rmSync } from "node:fs";
import { promisify } from "node:util";
import { HeliumLmError } from "@helium-lm/tensor";
import { libraries, nativeProgram } from "./native.ts";

/** Formats of whole files, by the numbers of llama.cpp's `enum llama_ftype`. */
export const fileTypes = {
  F16: 1,
  Q4_0: 2,
  Q4_1: 3,
  Q8_0: 7,
  Q5_0: 8,
  Q5_1: 9,
  Q2_K: 10,
  Q3_K_M: 12,
  Q4_K_M: 15,
  Q5_K_M: 17,
  Q6_K: 18,
  IQ4_NL: 25,
  IQ4_XS: 30,
} as const;

export type FileType = keyof typeof fileTypes;

const THREADS = 2;

/**
 * Writes `source` in another format, as llama.cpp's own tool does; the file appears when it is whole.
 *
 * @throws PeerMissing, HeliumLmError with llama.cpp's reason
 */
export async function quantizeFile(source: string, target: string, type: FileType): Promise<void> {
  const part = `${target}.${process.pid}.part`;
  const args = [libraries(), source, part, String(fileTypes[type]), String(THREADS)];
  try {
    await promisify(execFile)(nativeProgram("quantizer"), args);
    renameSync(part, target);
  } catch (cause) {
    if (cause instanceof HeliumLmError) throw cause;
    const { stdout = "" } = cause as { readonly stdout?: string };
    const { error = String(cause) } = JSON.parse(/\{.*\}/.exec(stdout)?.[0] ?? "{}") as { readonly error?: string };
    throw new HeliumLmError(source, `is not written as ${type} (${error})`, {}, { cause });
  } finally {
    rmSync(part, { force: true });
  }
}
