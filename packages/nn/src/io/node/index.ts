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
export { hasEnded, localProcess, ownProcessMark, type ProcessMark } from "./node-process-mark.ts";
export { nodeFileSource } from "./node-file-source.ts";
