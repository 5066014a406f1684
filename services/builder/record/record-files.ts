import type { EnvironmentPlan, StagedFile } from '../../contracts/build-plan.ts';
import { RECIPE } from '../../contracts/recipe.ts';
import { hasCondaPython } from '../dockerfile/conda-commands.ts';
import { BUILD_CONTEXT } from '../dockerfile/image-layout.ts';
import { readPrograms } from '../own-programs.ts';

const PROGRAMS = ['record.py', 'installed_packages.py', 'bill_of_materials.py'];

/** The prefixes that packages are installed into. */
const SERVER = '/srv/conda/envs/notebook';
const CONDA = '/srv/conda/envs/kernel';

/** What an image is, as its bill of materials names it. */
export type RecordSubject = { readonly name: string; readonly version: string };

type RecordRequest = {
  readonly subject: RecordSubject;
  /** Of what was installed; undefined for a base. */
  readonly plan?: EnvironmentPlan;
  /** Requirements that were installed after the content, beside those of the plan. */
  readonly late?: readonly StagedFile[];
};

const LOCATING = /^--(?:index-url|extra-index-url|find-links|no-index)\b/;

/** The lines of the requirements that say which index the packages come from. */
const listOptions = (files: readonly StagedFile[]): readonly string[] => [
  ...new Set(files.flatMap(({ text }) => text.split('\n').filter((line) => LOCATING.test(line)))),
];

/** What the build of an image reads from its context to record what was installed: our programs, and what is asked of them. */
export const makeRecordFiles = ({ subject, plan, late = [] }: RecordRequest): readonly StagedFile[] => {
  const hasConda = plan?.conda !== undefined;
  const request = {
    recipe: RECIPE,
    subject,
    strict: plan === undefined,
    options: listOptions([...(plan?.files ?? []), ...late]),
    python: hasCondaPython(plan?.conda) ? CONDA : SERVER,
    conda: hasConda ? CONDA : null,
  };
  return [
    ...readPrograms({ from: import.meta.dirname, to: BUILD_CONTEXT.record }, PROGRAMS),
    { path: `${BUILD_CONTEXT.record}/request.json`, text: `${JSON.stringify(request, null, 1)}\n` },
  ];
};
