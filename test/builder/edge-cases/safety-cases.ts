import { BASE_USER } from '../../../services/builder/dockerfile/image-user.ts';
import { execa } from 'execa';
import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { EdgeCase } from './edge-case.ts';

const SLIPWAY = join(import.meta.dirname, '../../../services/cli/main.ts');
const SECRET = 'hunter2-of-this-test';

/** What must not move by itself, must not be told, and must end. */
export const SAFETY_CASES: readonly EdgeCase[] = [
  {
    number: 81,
    title: 'what is taken from the index does not depend on the day of the build when a day is named',
    verify: async ({ dockerfile, environment, key, buildConda, run }) => {
      const dated = { 'requirements.txt': 'six\n', 'runtime.txt': 'python-3.11-2024-01-10\n' };
      expect(environment(dated)).toMatchObject({ asOf: '2024-01-10' });
      expect(dockerfile(dated)).toContain('--exclude-newer 2024-01-10T23:59:59Z');
      expect(key(dated)).not.toBe(key({ ...dated, 'runtime.txt': 'python-3.11-2024-01-11\n' }));
      const ofR = (day: string) => ({ 'install.R': 'library(x)\n', 'runtime.txt': `r-4.5-${day}\n` });
      expect(environment(ofR('2026-01-10')).r).toMatchObject({ repository: 'https://cran.example.org/2026-01-10' });
      expect(key(ofR('2026-01-10'))).not.toBe(key(ofR('2026-01-11')));
      const { image } = await buildConda({ 'environment.yml': 'dependencies: [greeter]\n' }, '2024-01-10');
      expect((await run(image, ['greet'])).output).toBe('hello from 1.0');
    },
  },
  {
    number: 82,
    title: 'secrets are in the address of a repository and in build arguments',
    verify: async ({ base, build, refusal, inspect }) => {
      const files = { Dockerfile: `FROM ${await base()}\nARG TOKEN\nRUN echo "the token is $TOKEN"\n` };
      const extras = {
        appendix: '',
        labels: {},
        buildArgs: { TOKEN: SECRET },
        showsDockerfiles: true,
        user: BASE_USER,
      };
      const { image, log } = await build(files, extras);
      expect(log).toMatch(/the token is \S+/);
      expect(log).not.toContain(SECRET);
      expect(JSON.stringify((await inspect(image)).Config.Labels)).not.toContain(SECRET);
      const error = refusal({ 'requirements.txt': `git+https://user:${SECRET}@example.org/x.git\n` });
      expect(JSON.stringify(error.toBody())).not.toContain(SECRET);
    },
  },
  {
    number: 83,
    title: 'the directory that a command runs in holds files that look like its configuration',
    verify: async ({ directory }) => {
      const here = await directory();
      const trap = `require('fs').writeFileSync(${JSON.stringify(join(here, 'trapped'))}, '')\n`;
      const python = `open(${JSON.stringify(join(here, 'trapped'))}, 'w')\n`;
      const files = {
        'repo2docker_config.py': python,
        'slipway.config.js': trap,
        'slipway.yaml': 'imagePrefix: "!!"\n',
        'index.js': trap,
        '.env': 'SLIPWAY_IMAGE_PREFIX=!!\n',
        'package.json': '{"type":"commonjs","main":"index.js"}',
        'requirements.txt': 'six\n',
      };
      for (const [name, text] of Object.entries(files)) await writeFile(join(here, name), text);
      const args = ['--disable-warning=ExperimentalWarning', SLIPWAY, 'plan', '.'];
      const { stdout } = await execa(process.execPath, args, { cwd: here });
      expect(JSON.parse(stdout)).toMatchObject({ kind: 'environment', files: [{ path: 'requirements.txt' }] });
      await expect(access(join(here, 'trapped'))).rejects.toThrow('ENOENT');
    },
  },
  {
    number: 84,
    title: 'a repository starts processes without end, prints without end, or never ends',
    verify: async (tools) => {
      const from = await tools.base();
      const build = (command: string, limits: Readonly<Record<string, unknown>>) =>
        tools.build({ Dockerfile: `FROM ${from}\nRUN : ${crypto.randomUUID()}; ${command}\n` }, undefined, limits);
      const silent = await build('sleep 100', { idleSeconds: 2 });
      expect(silent.result).toMatchObject({ ok: false, error: { code: 'BUILD_IDLE' } });
      const endless = await build('yes', { timeoutSeconds: 5, logMib: 1 });
      expect(endless.result).toMatchObject({ ok: false, error: { code: 'BUILD_TIMEOUT' } });
      expect(endless.log.length).toBeLessThan(1.1 * 2 ** 20);
      const large = await build('head -c 30000000 /dev/zero > large', { maxImageMib: 20 });
      expect(large.result).toMatchObject({ ok: false, error: { code: 'BUILD_IMAGE_TOO_LARGE' } });
      // Only root can hold a step to a number of processes.
      // It goes on for as long as it can, as a bomb does: what holds it looks every now and then.
      const bomb = 'sleep 3; n=0; while [ $n -lt 300 ]; do sleep 20 & n=$((n+1)); done; echo started all';
      const forking = await build(bomb, process.getuid?.() === 0 ? { pids: 60 } : { timeoutSeconds: 5 });
      expect(forking.result).toMatchObject({
        ok: false,
        error: { code: expect.stringMatching(/^BUILD_(?:PROCESSES_EXCEEDED|TIMEOUT)$/) as string },
      });
    },
  },
];
