export { folderData } from "./data-folder.ts";
