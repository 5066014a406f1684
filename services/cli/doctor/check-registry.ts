import type { Settings } from '../../contracts/settings.ts';
import { askRegistry } from '../../platform/ask-registry.ts';
import { fail, ok, type Finding } from './finding.ts';

const ADVICE = 'Check registry.url, registry.username and registry.password, and that the registry runs.';

/** Whether the registry of the settings answers, and takes the password. */
export const checkRegistry = async ({ registry }: Settings): Promise<Finding> => {
  if (registry.url === '') return ok('registry', 'none is set');
  try {
    const status = await askRegistry(registry);
    if (status === 200) return ok('registry', `${registry.url} answers`);
    return fail('registry', `${registry.url} answers ${status}`, ADVICE);
  } catch (error) {
    return fail(
      'registry',
      `${registry.url} does not answer: ${error instanceof Error ? error.message : 'error'}`,
      ADVICE,
    );
  }
};
