import { isLeftToSoak } from "../../../../testing/full-form.ts";
import { describeConformanceInPage } from "../browser/describe-conformance-in-page.ts";

describeConformanceInPage({ mode: "webgpu", ...(isLeftToSoak("draws in pages") && { runs: 2 }) });
