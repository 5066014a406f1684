import type { Detection, PythonInstall } from '../detect/detection.ts';
import { pinRequirements } from '../sources/pin-requirements.ts';
import { rememberSources } from '../sources/remember-sources.ts';
import { makeLine } from './build-events.ts';
import type { Build, Stage } from './build.ts';

/**
 * Resolves what the repository names by something that moves, so that what is installed, and with it the key of the
 * environment, follows what is there now. Throws SOURCE_ errors.
 */
export const pinSources = async function* ({ parts, signal }: Build, detection: Detection): Stage<Detection> {
  if (detection.kind !== 'environment') return detection;
  const sources = rememberSources(parts.sources, signal);
  const evidence = [...detection.evidence];
  const installs: PythonInstall[] = [];
  for (const install of detection.installs) {
    const pinned = await pinRequirements(install.requirements, { sources, signal });
    for (const { file, because } of pinned.evidence) yield makeLine('building', `${file}: ${because}`, parts.clock);
    evidence.push(...pinned.evidence);
    installs.push({ ...install, requirements: pinned.set });
  }
  return { ...detection, installs, evidence };
};
