import { describe, expect, it } from 'vitest';
import { readEnvironmentYml } from '../../../../services/builder/detect/conda/environment-yml.ts';
import { createMemoryRepositoryFiles, type RepositoryTable } from '../../../support/memory-repository-files.ts';

const read = (text: string, others: RepositoryTable = {}, file = 'environment.yml') =>
  readEnvironmentYml(createMemoryRepositoryFiles({ ...others, [file]: text }), {
    file,
    pythons: ['3.13', '3.11'],
    defaultPython: '3.13',
  });

const list = (...items: readonly string[]) => `dependencies:\n${items.map((item) => `  - ${item}\n`).join('')}`;

describe('the Python of environment.yml', () => {
  it.each([
    ['python', '3.13'],
    ['python=3.11', '3.11'],
    ['python =3.11', '3.11'],
    ['python = 3.11', '3.11'],
    ['python 3.11', '3.11'],
    ['python==3.11.*', '3.11'],
    ['python==3.11', '3.11'],
    ['python=3.11.4', '3.11'],
    ['python=3.11.*=*_cpython', '3.11'],
    ['python=3.11=h1234_0', '3.11'],
    ['python 3.11 h1234_0', '3.11'],
    ['python>=3.9,<3.12', '3.11'],
    ['python >=3.9, <3.12', '3.11'],
    ['python>=3.9', '3.13'],
    ['python<=3.11', '3.11'],
    ['python~=3.11.0', '3.11'],
    ['python!=3.13.*', '3.11'],
    ['python=3.10|3.11', '3.11'],
    ['python=3', '3.13'],
    ['python=*', '3.13'],
    ['conda-forge::python=3.11', '3.11'],
    ['"python=3.11"', '3.11'],
    ['Python=3.11', '3.11'],
  ])('%s', (spec, python) => {
    expect(read(list(spec)).python).toBe(python);
  });

  it('is the default one where none is named', () => {
    expect(read('dependencies: []').python).toBe('3.13');
    expect(read('name: x').python).toBe('3.13');
  });

  it.each(['python=3.8', 'python=4', 'python>=3.14', 'python>3.11,<3.12.0a0,!=3.11.*', 'python=3.8|3.9'])(
    'names those there are when %s cannot be had',
    (spec) => {
      expect(() => read(list('pip', spec))).toThrow(
        expect.objectContaining({
          code: 'DETECT_ENVIRONMENT_INVALID',
          message: expect.stringMatching(/^environment.yml, line 3: .* this server has python=3.13, python=3.11\.$/),
        }),
      );
    },
  );

  it.each(['python=latest', 'python>=', 'python[version=3.11]', `python=${' '.repeat(100_000)}3`])(
    'is not %.40s',
    (spec) => {
      expect(() => read(list(JSON.stringify(spec)))).toThrow(
        expect.objectContaining({ code: 'DETECT_ENVIRONMENT_INVALID' }),
      );
    },
  );
});

describe('the packages of environment.yml', () => {
  it('below pip: are requirements', () => {
    const text = `name: x\nprefix: /x\nchannels: [defaults]\n${list('pip>=20', 'pip:\n      - six\n      - -r more.txt')}`;
    expect(read(text, { 'more.txt': 'idna' }).requirements).toEqual({
      root: 'environment.yml.pip.txt',
      files: [
        {
          path: 'environment.yml.pip.txt',
          role: 'requirements',
          lines: [
            { kind: 'requirement', text: 'six', hasHash: false },
            { kind: 'include', option: '--requirement', path: 'more.txt' },
          ],
        },
        { path: 'more.txt', role: 'requirements', lines: [{ kind: 'requirement', text: 'idna', hasHash: false }] },
      ],
    });
  });

  it('name paths from the directory of the file, as conda does', () => {
    const { requirements } = read(
      list('pip: [-e ../pkg, -r more.txt]'),
      { 'binder/more.txt': './here', 'pkg/setup.py': '', 'binder/here/setup.py': '' },
      'binder/environment.yml',
    );
    expect(requirements?.files.flatMap(({ lines }) => lines)).toEqual([
      { kind: 'local', text: '-e ./pkg' },
      { kind: 'include', option: '--requirement', path: 'binder/more.txt' },
      { kind: 'local', text: './binder/here' },
    ]);
  });

  it('do not take the place of a file of the repository', () => {
    const { requirements } = read(list('pip: [-r environment.yml.pip.txt]'), { 'environment.yml.pip.txt': 'six' });
    expect(requirements?.root).toBe('environment.yml.pip.pip.txt');
  });

  it('are refused with the line of environment.yml', () => {
    expect(() => read(list('python', 'pip:\n      - six\n      - six=1'))).toThrow(
      /^environment.yml, line 5: "six=1" is not a requirement/,
    );
  });

  it('cannot bring control characters along', () => {
    expect(() => read(list('pip: ["six\\0"]'))).toThrow(/line 2: the line has a control character/);
    const { requirements } = read(list('pip: ["six\\ridna"]'));
    expect(requirements?.files[0]?.lines).toMatchObject([{ text: 'six' }, { text: 'idna' }]);
  });

  it('of conda make it a conda environment, whatever Python it names', () => {
    const text = `channels: [bioconda]\n${list('python>=3.6,<3.8', 'numpy', 'nvidia::cuda', 'pip: [six]')}`;
    expect(read(text)).toMatchObject({
      python: '3.13',
      because: 'it names conda packages; channels in order: bioconda, conda-forge, nvidia',
      conda: {
        channels: ['bioconda', 'conda-forge', 'nvidia'],
        specs: ['python>=3.6,<3.8', 'numpy', 'nvidia::cuda'],
      },
      requirements: { root: 'environment.yml.pip.txt' },
    });
  });

  it('of conda come from the channels of the operator where defaults are asked for, which is said', () => {
    expect(read(`channels: [defaults]\n${list('numpy')}`)).toMatchObject({
      because: 'it names conda packages; channels in order: conda-forge; on this server defaults is conda-forge',
      conda: { channels: ['conda-forge'] },
    });
  });

  it.each(['channels:', 'channels: []', 'channels: conda-forge'])('of conda may be found with %s', (channels) => {
    expect(read(`${channels}\n${list('numpy')}`).conda?.channels).toEqual(['conda-forge']);
  });

  it('of conda cannot be named by an address', () => {
    expect(() => read(list('numpy', 'https://example.org/x.conda'))).toThrow(
      expect.objectContaining({
        code: 'DETECT_CONDA_UNSUPPORTED',
        message:
          'environment.yml, line 3: packages that are named by their address cannot be installed: "https://example.org/x.conda".',
      }),
    );
  });
});

describe('what environment.yml cannot be', () => {
  it.each([
    ['dependencies:', 1, 'dependencies must be a list'],
    ['name: x\ndependencies: numpy', 2, 'dependencies must be a list'],
    ['dependencies:\n  python: 3', 1, 'dependencies must be a list'],
    ['', 1, 'must be a mapping'],
    ['- python', 1, 'must be a mapping'],
    ['just text', 1, 'must be a mapping'],
    ['dependencies: []\nname: x\nname: y', 3, 'it is not YAML'],
    [list('python', '{{ package }}'), 3, 'templates such as {{ }}'],
    [list('3.11'), 2, 'each dependency must be a package'],
    [list(''), 2, 'each dependency must be a package'],
    [list('pip:'), 2, 'pip: must hold a list'],
    [list('pip: six'), 2, 'pip: must hold a list'],
    [list('pip: [{a: b}]'), 2, 'each requirement below pip:'],
    [list('"="'), 2, 'is not a package'],
    [list('"numpy {{ version }}"'), 2, 'is not a package'],
    [list('../channel::numpy'), 2, 'names a channel that is neither'],
    ['channels: [./here]', 1, 'is not a channel'],
    ['channels: [{a: b}]', 1, 'is not a channel'],
    ['channels: [https://a:b@example.org/x]', 1, 'is not a channel'],
    ['dependencies: [', 1, 'it is not YAML'],
    ['a: 1\n---\nb: 2', 2, 'it is not YAML'],
  ])('%j', (text, line, message) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({
        code: 'DETECT_ENVIRONMENT_INVALID',
        message: expect.stringMatching(
          new RegExp(`^environment.yml, line ${line}: .*${message.replaceAll(/[{}]/g, '\\$&')}`),
        ),
      }),
    );
  });
});
