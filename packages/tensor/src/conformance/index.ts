export { describeBackend, type DescribeOptions } from "./describe-backend.ts";
export { runConformance, type ConformanceRun, type RunListener } from "./run-conformance.ts";
export type { ConformanceOptions, Loosened, Selection, Skip } from "./options.ts";
export type { CaseOp } from "./case.ts";
export type { CallCheck, CheckName } from "./op-checks/index.ts";
export { ConformanceError } from "./counterexample.ts";
export { matrixMarkdown, type BackendReport, type Outcome, type ReportRow } from "./report.ts";
export { skipQuant } from "./skip-quant.ts";
