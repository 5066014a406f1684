import { describe, expect, it } from 'vitest';
import { canWaitWithoutContent } from '../../../services/builder/stages/can-wait.ts';
import { EMPTY_PLAN } from '../../support/environment-plan.ts';

describe('a session may start before its content is there', () => {
  it('when nothing of it is read before somebody opens it', () => {
    const names = ['index.ipynb', 'data', 'requirements.txt', '.gitignore', '.binder', 'config.py', 'jupyter.py'];
    expect(canWaitWithoutContent(EMPTY_PLAN, names)).toBe(true);
    expect(canWaitWithoutContent({ ...EMPTY_PLAN, variables: { DATA: 'here' } }, names)).toBe(true);
  });

  it.each([
    '.jupyter',
    '.local',
    '.config',
    '.cache',
    '.ipython',
    'jupyter_server_config.py',
    'jupyter_config.json',
    'Jupyter_Lab_Config.py',
  ])('but not when it has %s', (name) => {
    expect(canWaitWithoutContent(EMPTY_PLAN, ['index.ipynb', name])).toBe(false);
  });

  it('nor when its image has another entry point, or variables that lead Jupyter to it', () => {
    const start = { file: 'start', hasShebang: true };
    expect(canWaitWithoutContent({ ...EMPTY_PLAN, start }, [])).toBe(false);
    for (const name of ['PYTHONPATH', 'JUPYTER_CONFIG_DIR', 'XDG_DATA_HOME'])
      expect(canWaitWithoutContent({ ...EMPTY_PLAN, variables: { [name]: '/home/jovyan' } }, [])).toBe(false);
  });
});
