export { compareWithDump, type LayerParity, type ModuleParity, type ParityReport } from "./compare.ts";
export { difference, logitDifference, type Difference, type LogitDifference } from "./difference.ts";
export { ParityError } from "../errors.ts";
export type { ModuleKind } from "./module-runners.ts";
export { ReferenceDump, type DumpedModule, type DumpedTensor } from "./reference-dump.ts";
