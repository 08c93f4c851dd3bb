import { isLeftToSoak } from "../../../../testing/full-form.ts";
import { describeConformanceInPage } from "../browser/describe-conformance-in-page.ts";

describeConformanceInPage({ mode: "wgsl", ...(isLeftToSoak("webgpu backend") && { only: { check: "value" } }) });
