import { describe, test } from "vitest";
import { isCut } from "../../../../testing/short-form.ts";
import { describeInPage } from "../browser/describe-in-page.ts";

if (isCut("heads in webgl2")) describe("gpujs in webgl2", () => test.skip("in the short form", () => undefined));
else describeInPage("webgl2");
