import { describeConformanceInProcess } from "../node-process/describe-conformance-in-process.ts";

await describeConformanceInProcess({ mode: "headlessgl" });
