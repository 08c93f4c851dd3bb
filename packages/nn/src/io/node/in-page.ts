/**
 * What stands in a page for `@helium-lm/nn/io/node`: the same names, so that every bundler finds them, each of which refuses
 * with what does the same in a page.
 */
import { NodeOnlyError } from "@helium-lm/tensor";
import type * as Node from "./index.ts";

const read =
  "is a path, and a page cannot read files by path; give a URL (fetchSource), a file that the user chose (blobSource) or bytes (bytesSource)";
const write =
  "is a path, and a page cannot write files by path; give writeSafetensors or writeGguf a sink of your own, or save in Node";
const processes = "is about processes, which a page does not have; call it in Node";

/** A function that refuses what it is given, or by its own name where it takes no path. */
const refuse =
  (name: string, mend: string) =>
  (subject: unknown = name): Promise<never> =>
    Promise.reject(new NodeOnlyError(String(subject), mend, { function: name, given: subject }));

export const createAtomicFile: typeof Node.createAtomicFile = refuse("createAtomicFile", write);
export const writeFileAtomically: typeof Node.writeFileAtomically = refuse("writeFileAtomically", write);
export const openGguf: typeof Node.openGguf = refuse("openGguf", read);
export const writeGgufFile: typeof Node.writeGgufFile = refuse("writeGgufFile", write);
export const fileNames: typeof Node.fileNames = refuse("fileNames", read);
export const isFolder: typeof Node.isFolder = refuse("isFolder", read);
export const openInside: typeof Node.openInside = refuse("openInside", read);
export const openSafetensors: typeof Node.openSafetensors = refuse("openSafetensors", read);
export const readFileInside: typeof Node.readFileInside = refuse("readFileInside", read);
export const writeSafetensorsFile: typeof Node.writeSafetensorsFile = refuse("writeSafetensorsFile", write);
export const writeSafetensorsFolder: typeof Node.writeSafetensorsFolder = refuse("writeSafetensorsFolder", write);
export const hasEnded: typeof Node.hasEnded = () => refuse("hasEnded", processes)();
export const localProcess: typeof Node.localProcess = () => refuse("localProcess", processes)();
export const ownProcessMark: typeof Node.ownProcessMark = () => refuse("ownProcessMark", processes)();
export const openLineJournal: typeof Node.openLineJournal = refuse("openLineJournal", write);
export const isAbandonedLock: typeof Node.isAbandonedLock = () => refuse("isAbandonedLock", processes)();
export const takeFileLock: typeof Node.takeFileLock = refuse("takeFileLock", write);
export const withFileLock: typeof Node.withFileLock = refuse("withFileLock", write);
export const nodeFileSource: typeof Node.nodeFileSource = refuse("nodeFileSource", read);
