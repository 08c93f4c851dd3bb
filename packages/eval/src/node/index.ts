export { folderData } from "./data-folder.ts";
export { FileJournal } from "./file-journal.ts";
export { readShards, writeShard } from "./shard-files.ts";
export { textFileRows } from "./text-file-rows.ts";
export { writeResults, type WrittenFiles } from "./write-results.ts";
