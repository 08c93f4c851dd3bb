import { isLeftToSoak } from "../../../../testing/full-form.ts";
import { describeConformanceInPage } from "../browser/describe-conformance-in-page.ts";
import { fewerJointProducts } from "./fewer-joint-products.ts";

describeConformanceInPage({
  mode: "wgsl",
  ...(isLeftToSoak("joint products on webgpu") && { only: fewerJointProducts(["q8_0", "q4_0", "q4_K", "f16"]) }),
});
