import { describeConformanceInPage } from "../browser/describe-conformance-in-page.ts";

describeConformanceInPage("webgpu");
