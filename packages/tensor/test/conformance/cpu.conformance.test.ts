import { describeBackend } from "@helium-lm/tensor/conformance";
import { isCut } from "../../../../testing/short-form.ts";
import { conformanceBackends } from "../../../../testing/conformance/node-backends.ts";

describeBackend({ ...conformanceBackends.cpu, ...(isCut("conformance draws") && { runs: 1 }) });
