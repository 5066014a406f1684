import type { ImageRecord } from '../builder/record/read-record.ts';
import type { DevcontainerSource, EnvironmentPlan } from '../contracts/build-plan.ts';
import { LABELS } from '../contracts/labels.ts';
import type { Lock } from '../contracts/lock.ts';

type Row = readonly [string, string | undefined];

const describeLock = ({ base, debian, python, conda, r }: Lock): readonly Row[] => [
  ['base', `${base.key.slice(0, 12)}, ${base.debian.length} Debian and ${base.python.length} Python packages`],
  [
    'installed',
    `${debian.length} Debian, ${python.length} Python, ${conda?.length ?? 0} conda, ${r?.length ?? 0} R packages`,
  ],
];

const listPackages = ({ debian, python, conda = [], r = [] }: Lock): readonly string[] => [
  ...debian.map(({ name, version }) => `  ${name}=${version}`),
  ...conda.map(({ name, version, build }) => `  ${name}=${version}=${build}`),
  ...r.map(({ name, version }) => `  ${name} ${version}`),
  ...python.map(({ name, version, git, commit, archive, local }) => {
    if (git !== undefined) return `  ${name}==${version}  git+${git}@${commit}`;
    return `  ${name}==${version}${archive === undefined ? '' : `  ${archive}`}${local ? '  of the repository' : ''}`;
  }),
];

const describePlan = ({ python, asOf }: EnvironmentPlan): readonly Row[] => [
  ['python', python],
  ['packages as of', asOf],
];

const describeSource = (from: DevcontainerSource): string => (from.kind === 'image' ? from.image : from.file);

/** What an image is and what was installed in it, for people. */
export const renderRecord = (name: string, { labels, plan, lock }: ImageRecord): string => {
  const rows: readonly Row[] = [
    ['image', name],
    ['kind', labels[LABELS.kind] ?? 'not made by Slipway'],
    ['repository', labels[LABELS.repoUrl]],
    ['commit', labels[LABELS.commit]],
    ['environment', labels[LABELS.environmentKey]],
    ['lock', labels[LABELS.lock]],
    ['recipe', labels[LABELS.recipe]],
    ...(plan?.kind === 'environment' ? describePlan(plan) : []),
    ...(plan?.kind === 'dockerfile' ? [['built from', plan.file] as const] : []),
    ...(plan?.kind === 'devcontainer' ? [['built from', describeSource(plan.from)] as const] : []),
    ...(lock === undefined ? [] : describeLock(lock)),
  ];
  const known = rows.filter(([, value]) => value !== undefined);
  const width = Math.max(...known.map(([title]) => title.length)) + 2;
  const lines = known.map(([title, value]) => `${title.padEnd(width)}${value}`);
  return `${[...lines, ...(lock === undefined ? [] : listPackages(lock))].join('\n')}\n`;
};
