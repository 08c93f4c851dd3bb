import { describeInPage } from "../browser/describe-in-page.ts";

describeInPage("webgpu");
