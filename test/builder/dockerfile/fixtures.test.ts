import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { detect } from '../../../services/builder/detect/detect.ts';
import { createDirectoryRepositoryFiles } from '../../../services/builder/detect/directory-repository-files.ts';
import { renderDevcontainerDockerfile } from '../../../services/builder/dockerfile/devcontainer-dockerfile.ts';
import { renderDockerfile } from '../../../services/builder/dockerfile/render-dockerfile.ts';
import { makePlan } from '../../../services/builder/plan/make-plan.ts';
import { BuildPlan } from '../../../services/contracts/build-plan.ts';

const FIXTURES = join(import.meta.dirname, '../../../fixtures');
const REPOSITORIES = join(FIXTURES, 'repos');
const GOLDEN = join(FIXTURES, 'golden');

/** What a fixture expects: a plan, or the code of an error. */
const Expectation = Type.Union([
  Type.Object({ plan: Type.Literal(true), note: Type.String({ minLength: 1 }) }, { additionalProperties: false }),
  Type.Object(
    { error: Type.String({ pattern: '^DETECT_[A-Z_]+$' }), note: Type.String({ minLength: 1 }) },
    { additionalProperties: false },
  ),
]);

const entries = readdirSync(REPOSITORIES, { withFileTypes: true });
const cases = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
const expectations = entries.filter(({ name }) => name.endsWith('.expect.json')).map(({ name }) => name);

const readExpectation = (name: string) =>
  Value.Parse(Expectation, JSON.parse(readFileSync(join(REPOSITORIES, `${name}.expect.json`), 'utf8')));

const planOf = (name: string) =>
  makePlan(
    detect(createDirectoryRepositoryFiles(join(REPOSITORIES, name)), {
      pythons: ['3.13', '3.11'],
      defaultPython: '3.13',
      rRepository: 'https://cran.example.org/{date}',
      nixpkgs: 'https://nix.example.org/nixpkgs.tar.xz',
    }),
  );

const expected = cases.map((name) => ({ name, expectation: readExpectation(name) }));
const refused = expected.flatMap(({ name, expectation }) =>
  'error' in expectation ? [[name, expectation.error] as const] : [],
);
const planned = expected.flatMap(({ name, expectation }) => ('plan' in expectation ? [name] : []));
const environments = planned.filter((name) => planOf(name).kind !== 'dockerfile');

const render = (name: string): string => {
  const plan = planOf(name);
  const network = { caBundle: false, index: false };
  if (plan.kind === 'devcontainer')
    return renderDevcontainerDockerfile(plan, { ...network, from: 'devcontainer', base: 'base:3.13' });
  if (plan.kind !== 'environment') throw new Error(`${name} is not an environment`);
  return renderDockerfile(plan, {
    base: `base:${plan.python}`,
    ...network,
    packageCache: 'slipway',
    juliaMirror: 'https://julia.example.org',
  });
};

describe('fixtures', () => {
  it('each say what they expect, and every golden file has its fixture', () => {
    expect(expectations.toSorted()).toEqual(cases.map((name) => `${name}.expect.json`).toSorted());
    const golden = readdirSync(GOLDEN).map((name) => name.replace(/\.(?:plan\.json|Dockerfile)$/, ''));
    expect(golden.filter((name) => !planned.includes(name))).toEqual([]);
    const verified = entries.flatMap(({ name }) =>
      name.endsWith('.verify') ? [name.slice(0, -'.verify'.length)] : [],
    );
    expect(verified.filter((name) => !planned.includes(name))).toEqual([]);
  });

  it.each(refused)('%s is refused with %s', (name, code) => {
    expect(() => planOf(name)).toThrow(expect.objectContaining({ code }));
  });

  it.each(planned)('%s has its plan', async (name) => {
    const plan = planOf(name);
    expect(Value.Errors(BuildPlan, plan)).toEqual([]);
    await expect(`${JSON.stringify(plan, null, 2)}\n`).toMatchFileSnapshot(join(GOLDEN, `${name}.plan.json`));
  });

  it.each(environments)('%s has its Dockerfile', async (name) => {
    await expect(render(name)).toMatchFileSnapshot(join(GOLDEN, `${name}.Dockerfile`));
  });
});
