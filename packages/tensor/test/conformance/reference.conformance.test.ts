import { describeBackend } from "@helium-lm/tensor/conformance";
import { isLeftToSoak } from "../../../../testing/full-form.ts";
import { isCut } from "../../../../testing/short-form.ts";
import { conformanceBackends } from "../../../../testing/conformance/node-backends.ts";

const runs = isCut("conformance draws") ? 1 : isLeftToSoak("draws on reference") ? 8 : undefined;
const only = isCut("reference conformance") ? { dtype: "f32" as const } : undefined;
describeBackend({ ...conformanceBackends.reference, ...(runs && { runs }), ...(only && { only }) });
