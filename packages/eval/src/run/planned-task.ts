import { EvalError } from "../errors.ts";
import { preset, presets, type Candidate, type PresetRow } from "../tasks/presets.ts";
import { taskGroups, tasksNamed } from "../tasks/tasks.ts";
import type { Task, TaskGroup } from "../tasks/task.ts";

/** A task with the number of examples that its prompts show. */
export interface PlannedTask {
  /** Unique in a plan: the task's own, with the number of examples where the plan has it twice. */
  readonly name: string;
  readonly task: Task;
  readonly numFewShot: number;
}

export interface PlannedGroup {
  /** Unique in a plan, as those of tasks are. */
  readonly name: string;
  readonly numFewShot: number;
  readonly group: TaskGroup;
  /** Names of planned tasks. */
  readonly tasks: readonly string[];
}

/** A task or a group by its name. Plain data, of which a plan can be made again. */
export type WantedTask = Pick<Candidate, "task" | "numFewShot">;

/** What is evaluated. */
export interface EvaluationPlan {
  /** Null where tasks were chosen one by one. */
  readonly preset: string | null;
  readonly wanted: readonly WantedTask[];
  readonly tasks: readonly PlannedTask[];
  readonly groups: readonly PlannedGroup[];
  /** What the card has too: rows of the preset, or of any one, all of whose tasks are wanted. */
  readonly rows: readonly PresetRow[];
}

/**
 * The tasks of a preset.
 *
 * @param only what is kept of it; default: all rows
 * @throws EvalError for a name that is none, and where nothing is kept
 */
export function planPreset(name: string, only: (row: PresetRow) => boolean = () => true): EvaluationPlan {
  const rows = preset(name).rows.filter(only);
  if (rows.length === 0)
    throw new EvalError(name, "has no rows in these languages; leave them out to evaluate all", { given: name });
  return planWanted(
    name,
    rows.flatMap((row) => [...row.candidates, ...(row.beside ?? [])]),
  );
}

/**
 * Tasks and groups by name.
 *
 * @param numFewShot default: each task's own, or 0
 * @throws EvalError for a name that is neither a task nor a group
 */
export function planTasks(names: readonly string[], numFewShot?: number): EvaluationPlan {
  const wanted = names.map((task) => {
    const [first] = tasksNamed(task);
    return { task, numFewShot: numFewShot ?? first?.numFewShot ?? 0 };
  });
  return planWanted(null, wanted);
}

/** The plan of what is wanted, such as a record kept it. @throws EvalError for a name that this version does not have */
export function planWanted(presetName: string | null, given: readonly WantedTask[]): EvaluationPlan {
  const wanted = unique(given);
  const isWanted = (candidate: WantedTask): boolean => wanted.some((one) => keyOf(one) === keyOf(candidate));
  const known = presetName === null ? Object.values(presets).flatMap(({ rows }) => rows) : preset(presetName).rows;
  const rows = known.filter(({ candidates }) => candidates.every(isWanted));
  const keys = rows.map(({ candidates }) => candidates.map((one) => `${keyOf(one)} ${one.metric}`).join(", "));
  return {
    preset: presetName,
    wanted,
    rows: rows.filter((_, i) => keys.indexOf(keys[i] ?? "") === i),
    ...planned(wanted),
  };
}

const keyOf = ({ task, numFewShot }: WantedTask): string => `${task} ${numFewShot}`;

const unique = (wanted: readonly WantedTask[]): readonly WantedTask[] => [
  ...new Map(wanted.map(({ task, numFewShot }) => [keyOf({ task, numFewShot }), { task, numFewShot }])).values(),
];

function planned(wanted: readonly WantedTask[]): Pick<EvaluationPlan, "tasks" | "groups"> {
  const found = new Map<string, Omit<PlannedTask, "name">>();
  for (const { task: name, numFewShot } of wanted)
    for (const task of tasksNamed(name)) found.set(keyOf({ task: task.name, numFewShot }), { task, numFewShot });
  const all = [...found.values()];
  const taskNames = all.map(({ task }) => task.name);
  const tasks = all.map((one) => ({ name: uniqueName(one.task.name, one.numFewShot, taskNames), ...one }));
  const groupNames = wanted.map(({ task }) => task);
  const groups = wanted.flatMap(({ task: name, numFewShot }): PlannedGroup[] => {
    const group = taskGroups.get(name);
    if (!group) return [];
    const members = tasks.filter((one) => one.numFewShot === numFewShot && group.tasks.includes(one.task.name));
    return [
      {
        name: uniqueName(name, numFewShot, groupNames),
        numFewShot,
        group,
        tasks: members.map((one) => one.name),
      },
    ];
  });
  return { tasks, groups };
}

/** The name, with the number of examples where others have the same. */
const uniqueName = (name: string, numFewShot: number, all: readonly string[]): string =>
  all.filter((other) => other === name).length > 1 ? `${name}_${numFewShot}shot` : name;
