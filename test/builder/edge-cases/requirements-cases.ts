import { expect } from 'vitest';
import { startAnsweringServer } from '../../support/answering-server.ts';
import type { EdgeCase } from './edge-case.ts';

const SETUP = "from setuptools import setup\nsetup(name='near', version='1', py_modules=['near'])\n";

/** requirements.txt, line by line. */
export const REQUIREMENTS_CASES: readonly EdgeCase[] = [
  {
    number: 15,
    title: 'requirements.txt includes files that include files, in other directories',
    verify: ({ environment, key }) => {
      const files = {
        'requirements.txt': '-r deps/a.txt\n',
        'deps/a.txt': '-r ../more/b.txt\nidna\n',
        'more/b.txt': 'six\n',
      };
      const { install, files: staged, after } = environment(files);
      expect(install.map(({ file }) => file)).toEqual(['requirements.txt']);
      expect(staged.map(({ path }) => path)).toEqual(['deps/a.txt', 'more/b.txt', 'requirements.txt']);
      expect(after).toEqual([]);
      expect(key({ ...files, 'more/b.txt': 'six==1.16\n' })).not.toBe(key(files));
    },
  },
  {
    number: 16,
    title: 'requirements.txt names a constraints file',
    verify: ({ environment, key }) => {
      const files = { 'requirements.txt': 'six\n-c c.txt\n', 'c.txt': 'six<1.17\n' };
      expect(environment(files).files).toContainEqual({ path: 'c.txt', text: 'six<1.17\n' });
      expect(key({ ...files, 'c.txt': 'six<1.16\n' })).not.toBe(key(files));
    },
  },
  {
    number: 17,
    title: 'requirements.txt includes a file on a server',
    verify: async ({ git, buildGit, run }) => {
      let version = '1.16.0';
      await using texts = await startAnsweringServer(() => ({ status: 200, body: `six==${version}\n` }));
      const server = await git();
      const files = { 'requirements.txt': `-r ${texts.origin}/r.txt\n` };
      const served = await server.createRepository('including', files);
      const installed = async (): Promise<string> => {
        const { image } = await buildGit(served, [new URL(texts.origin).host]);
        return (await run(image, ['python', '-c', 'import six; print(six.__version__)'])).output;
      };
      expect(await installed()).toBe('1.16.0');
      version = '1.17.0';
      expect(await installed()).toBe('1.17.0');
    },
  },
  {
    number: 18,
    title: 'requirements.txt asks for the repository itself and for a package inside, with extras',
    verify: ({ environment }) => {
      const spellings = ['-e .\n-e ./sub[extra]\nsix\n', '--editable=.\n--editable ./sub[extra]\nsix\n'];
      for (const text of spellings) {
        const plan = environment({ 'requirements.txt': text, 'setup.py': SETUP, 'sub/setup.py': SETUP });
        expect(plan.files).toEqual([{ path: 'requirements.txt', text: 'six\n' }]);
        expect(plan.after).toMatchObject([
          { kind: 'local-packages', files: [{ text: '-e .\n-e ./sub[extra]\nsix\n' }] },
        ]);
      }
    },
  },
  {
    number: 19,
    title: 'requirements.txt names places of the repository in other spellings',
    verify: ({ environment }) => {
      const beside = { 'setup.py': SETUP, 'sub/pkg/setup.py': SETUP, 'wheels/x-1-py3-none-any.whl': '' };
      const late = (text: string): boolean => {
        const { install, after } = environment({ ...beside, 'requirements.txt': text });
        return install.length === 0 && after.some(({ kind }) => kind === 'local-packages');
      };
      for (const text of [
        '-e=.\n',
        'sub/pkg\n',
        'wheels/x-1-py3-none-any.whl\n',
        '--find-links=wheels\nx\n',
        '-fwheels\nx\n',
        '/home/jovyan/sub/pkg\n',
      ])
        expect([text, late(text)]).toEqual([text, true]);
    },
  },
  {
    number: 20,
    title: 'requirements.txt gives a name to a path',
    verify: ({ environment }) => {
      for (const location of ['file:///home/jovyan/near', './near', 'file:near']) {
        const files = { 'requirements.txt': `near @ ${location}\n`, 'near/setup.py': SETUP };
        expect(environment(files)).toMatchObject({ install: [], after: [{ kind: 'local-packages' }] });
      }
    },
  },
  {
    number: 21,
    title: 'requirements.txt has hashes on continued lines',
    verify: ({ environment, refusal }) => {
      const hash = `--hash=sha256:${'ab'.repeat(32)}`;
      const { files } = environment({
        'requirements.txt': `six==1.16.0 \\\n    ${hash} \\\n    ${hash}\nidna==3.7 ${hash}\n`,
      });
      expect(files[0]?.text).toBe(`--require-hashes\nsix==1.16.0 ${hash} ${hash}\nidna==3.7 ${hash}\n`);
      expect(refusal({ 'requirements.txt': 'six==1.16 --hash=ab\n' }).message).toMatch(/^requirements.txt, line 1: /);
    },
  },
  {
    number: 22,
    title: 'requirements.txt names a branch of a Git repository, which moves',
    verify: async ({ git, buildGit }) => {
      const server = await git();
      const library = await server.createRepository('library', { 'setup.py': SETUP, 'near.py': 'WHERE = "first"\n' });
      const files = { 'requirements.txt': `near @ git+${library.url}@main\n` };
      const { url, commit } = await server.createRepository('user-of-branch', files);
      // The engine's network is not that of this server, so the build ends in its installation; what was found out
      // before it is in the log.
      const first = await buildGit({ url, commit });
      const moved = await server.commit('library', { 'near.py': 'WHERE = "second"\n' }, 'moved');
      const second = await buildGit({ url, commit });
      const keyOf = (log: string) => /environment ([0-9a-f]+) is new/.exec(log)?.[1];
      expect(first.log).toContain(`is at commit ${library.commit}`);
      expect(second.log).toContain(`is at commit ${moved}`);
      expect(keyOf(second.log)).toBeDefined();
      expect(keyOf(second.log)).not.toBe(keyOf(first.log));
    },
  },
  {
    number: 23,
    title: 'requirements.txt needs a key or has a password in an address',
    verify: ({ refusal }) => {
      for (const line of [
        'x @ git+ssh://git@example.org/x.git',
        'x @ git+https://user:s3cret@example.org/x.git',
        '--extra-index-url https://user:s3cret@example.org/simple',
      ]) {
        const error = refusal({ 'requirements.txt': `six\n${line}\n` });
        expect(error).toMatchObject({ code: 'DETECT_REQUIREMENTS_INVALID' });
        expect(error.message).toMatch(/^requirements.txt, line 2: /);
        expect(JSON.stringify(error.toBody())).not.toContain('s3cret');
      }
    },
  },
  {
    number: 24,
    title: 'requirements.txt has lines for other systems and other Pythons',
    verify: async ({ build, run }) => {
      const { image, result } = await build({
        'requirements.txt':
          'six ; sys_platform == "linux"\npywin32 ; sys_platform == "win32"\nidna ; python_version < "3.9"\n',
      });
      expect(result).toMatchObject({ ok: true });
      const { output } = await run(image, ['uv', 'pip', 'list', '--format', 'freeze']);
      expect(output).toMatch(/^six==/m);
      expect(output).not.toMatch(/^pywin32/m);
    },
  },
  {
    number: 25,
    title: 'requirements.txt pins nothing: what was resolved is kept',
    verify: async ({ build, run }) => {
      const { image } = await build({ 'requirements.txt': 'toolz\n' });
      expect(JSON.parse((await run(image, ['cat', '/srv/slipway/lock.json'])).output)).toMatchObject({
        python: expect.arrayContaining([
          expect.objectContaining({ name: 'toolz', version: expect.stringMatching(/^\d/) as string }),
        ]) as unknown,
      });
    },
  },
  {
    number: 26,
    title: 'requirements.txt is empty, or has only comments',
    verify: ({ environment, reasons }) => {
      for (const text of ['', '# nothing\n\n', '\ufeff']) {
        expect(environment({ 'requirements.txt': text })).toMatchObject({ install: [], after: [] });
        expect(reasons({ 'requirements.txt': text })).toContain('requirements.txt used: it names Python packages');
      }
    },
  },
  {
    number: 27,
    title: 'requirements.txt names a version of the server that does not run on this Python',
    verify: async ({ build }) => {
      const { result } = await build({ 'requirements.txt': 'traitlets==4.3.3\n' });
      expect(result).toMatchObject({
        ok: false,
        error: {
          code: 'BUILD_INSTALL_FAILED',
          message: expect.stringContaining('Jupyter') as string,
        },
      });
    },
  },
  {
    number: 28,
    title: 'requirements.txt pins the installer of packages to a version that cannot install any',
    verify: async ({ build, run }) => {
      const { image, result } = await build({ 'requirements.txt': 'pip==9.0.3\nsetuptools<45\nsix\n' });
      expect(result).toMatchObject({ ok: true });
      const command = 'python -c "import six; print(six.__version__)" && uv pip list --format freeze';
      expect((await run(image, ['sh', '-c', command])).output).toMatch(/^1\.[^]*^pip==9\.0\.3$/m);
    },
  },
  {
    number: 29,
    title: 'a package must be compiled and there is no compiler',
    verify: async ({ build }) => {
      const extension =
        'from setuptools import Extension, setup\nsetup(name="near", version="1", ext_modules=[Extension("near", ["near.c"])])\n';
      const { result } = await build({
        'requirements.txt': './near\n',
        'near/setup.py': extension,
        'near/near.c': 'int near;\n',
      });
      expect(result).toMatchObject({
        ok: false,
        error: { code: 'BUILD_INSTALL_FAILED', hint: expect.stringContaining('build-essential') as string },
      });
    },
  },
  {
    number: 30,
    title: 'a package needs a library of the system that is not there',
    verify: async ({ build }) => {
      const { result } = await build({
        'requirements.txt': './near\n',
        'near/setup.py': 'raise SystemExit("Error: pg_config executable not found.")\n',
      });
      expect(result).toMatchObject({
        ok: false,
        error: { code: 'BUILD_INSTALL_FAILED', hint: expect.stringContaining('libpq-dev') as string },
      });
    },
  },
];
