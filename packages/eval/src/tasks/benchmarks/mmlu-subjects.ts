export type MmluCategory = "stem" | "humanities" | "social_sciences" | "other";

const highSchool = (...subjects: readonly string[]): readonly string[] =>
  subjects.map((subject) => `high_school_${subject}`);

/** The 57 subjects of MMLU. */
export const mmluSubjects: Readonly<Record<MmluCategory, readonly string[]>> = {
  stem: [
    "abstract_algebra",
    "anatomy",
    "astronomy",
    "college_biology",
    "college_chemistry",
    "college_computer_science",
    "college_mathematics",
    "college_physics",
    "computer_security",
    "conceptual_physics",
    "electrical_engineering",
    "elementary_mathematics",
    ...highSchool("biology", "chemistry", "computer_science", "mathematics", "physics", "statistics"),
    "machine_learning",
  ],
  humanities: [
    "formal_logic",
    ...highSchool("european_history", "us_history", "world_history"),
    "international_law",
    "jurisprudence",
    "logical_fallacies",
    "moral_disputes",
    "moral_scenarios",
    "philosophy",
    "prehistory",
    "professional_law",
    "world_religions",
  ],
  social_sciences: [
    "econometrics",
    ...highSchool("geography", "government_and_politics", "macroeconomics", "microeconomics", "psychology"),
    "human_sexuality",
    "professional_psychology",
    "public_relations",
    "security_studies",
    "sociology",
    "us_foreign_policy",
  ],
  other: [
    "business_ethics",
    "clinical_knowledge",
    "college_medicine",
    "global_facts",
    "human_aging",
    "management",
    "marketing",
    "medical_genetics",
    "miscellaneous",
    "nutrition",
    "professional_accounting",
    "professional_medicine",
    "virology",
  ],
};

export const allMmluSubjects: readonly string[] = Object.values(mmluSubjects).flat();
