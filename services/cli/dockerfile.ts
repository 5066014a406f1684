import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeBaseImageName, makeBaseRecipe } from '../builder/base/base-recipe.ts';
import { isSystemPython } from '../builder/base/python-versions.ts';
import { renderDevcontainerDockerfile } from '../builder/dockerfile/devcontainer-dockerfile.ts';
import { renderDockerfile } from '../builder/dockerfile/render-dockerfile.ts';
import type { Settings } from '../contracts/settings.ts';
import { planSource, type PlannedSource, type SourceOptions } from './plan.ts';

/** The platform of this machine; an engine that is elsewhere may have another one. */
const PLATFORM = `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`;

/** The exact name where the recipe alone decides it; a base made of another image also depends on that image. */
const makeBaseName = (python: string, { imagePrefix, base }: Settings): string => {
  if (base.from !== 'bootstrap') return `${imagePrefix}base:${python}`;
  const identity = { python, hasSystemPython: isSystemPython(python, base), origin: base.from, platform: PLATFORM };
  return makeBaseImageName(imagePrefix, python, makeBaseRecipe(identity));
};

const renderPlan = ({ directory, plan }: PlannedSource, settings: Settings): string => {
  if (plan.kind === 'dockerfile') return readFileSync(join(directory, plan.file), 'utf8');
  const { caBundle, indexUrl, packageCache, juliaMirror } = settings.build;
  const network = { caBundle: caBundle !== '', index: indexUrl !== '' };
  if (plan.kind === 'devcontainer') {
    const from = plan.from.kind === 'image' ? plan.from.image : 'devcontainer';
    const base = makeBaseName(settings.base.defaultPython, settings);
    return renderDevcontainerDockerfile(plan, { ...network, from, base });
  }
  return renderDockerfile(plan, { ...network, base: makeBaseName(plan.python, settings), packageCache, juliaMirror });
};

/** `slipway dockerfile REPO_OR_DIR`: prints the Dockerfile that it would be built with. */
export const runDockerfile = (source: string, options: SourceOptions): Promise<void> =>
  planSource(source, options, (planned, settings) => {
    const text = renderPlan(planned, settings);
    process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  });
