import { isLeftToSoak } from "../../../../testing/full-form.ts";
import { describeConformanceInPage } from "../browser/describe-conformance-in-page.ts";

describeConformanceInPage({ mode: "webgl2", ...(isLeftToSoak("draws in pages") && { runs: 2 }) });
