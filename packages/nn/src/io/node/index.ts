export { createAtomicFile, writeFileAtomically, type AtomicFile } from "./node-atomic-file.ts";
export { openGguf, writeGgufFile } from "./node-gguf.ts";
export {
  fileNames,
  isFolder,
  openInside,
  openSafetensors,
  readFileInside,
  writeSafetensorsFile,
  writeSafetensorsFolder,
} from "./node-checkpoint.ts";
export { isAbandonedLock, takeFileLock, withFileLock, type FileLockOptions, type HeldLock } from "./node-file-lock.ts";
export { openLineJournal, type JournalEntry, type JournalOptions, type LineJournal } from "./node-line-journal.ts";
export { hasEnded, localProcess, ownProcessMark, type ProcessMark } from "./node-process-mark.ts";
export { nodeFileSource } from "./node-file-source.ts";
