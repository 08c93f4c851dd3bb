import { UsageError } from "../options/option-table.ts";

/** A setting that makes no sense; the subject is the variable, or the file with the line. */
export class SettingError extends UsageError {}
