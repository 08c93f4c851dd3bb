import { allMmluSubjects } from "../benchmarks/mmlu-subjects.ts";
import { translatedLanguages } from "../languages.ts";
import type { Task } from "../task.ts";
import { defineTask } from "../task.ts";
import { olmesMmlu, olmesQuestions, olmesWinogrande } from "./benchmarks.ts";
import type { Formulations } from "./formulation.ts";
import { clozeForm, letterForm } from "./formulation.ts";
import { translatedFormulations } from "./translated.ts";

const bothForms = <Doc>(name: string, formulations: Formulations<Doc>): readonly Task[] => [
  defineTask(letterForm(`${name}_mcf`, formulations)),
  defineTask(clozeForm(`${name}_cf`, formulations)),
];

/** The benchmarks of OLMES, and the translated ones in its layout, each in both forms. */
export const olmesTasks: readonly Task[] = [
  ...Object.entries(olmesQuestions).flatMap(([name, formulations]) => bothForms(`olmes_${name}`, formulations)),
  ...bothForms("olmes_winogrande", olmesWinogrande),
  ...allMmluSubjects.flatMap((subject) => bothForms(`olmes_mmlu_${subject}`, olmesMmlu(subject))),
  ...translatedLanguages.flatMap((language) =>
    Object.entries(translatedFormulations(language)).flatMap(([name, formulations]) =>
      bothForms(`${name}_${language}`, formulations),
    ),
  ),
];
