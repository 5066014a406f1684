import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findEnvironmentYml } from '../../../../services/builder/detect/conda/environment-yml.ts';
import { createMemoryRepositoryFiles, type RepositoryTable } from '../../../support/memory-repository-files.ts';

const read = (text: string, others: RepositoryTable = {}, file = 'environment.yml') => {
  const found = findEnvironmentYml({
    files: createMemoryRepositoryFiles({ ...others, [file]: text }),
    directory: posix.dirname(file).replace(/^\.$/, ''),
    pythons: ['3.13', '3.11'],
    defaultPython: '3.13',
  });
  if (found === undefined) throw new Error('nothing was found');
  return { ...found, because: found.evidence[0]?.because, requirements: found.installs[0]?.requirements };
};

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
        specs: [
          { text: 'python>=3.6,<3.8', line: 3 },
          { text: 'numpy', line: 4 },
          { text: 'nvidia::cuda', line: 5 },
        ],
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
    expect(read(`${channels}\n${list('numpy')}`).conda).toMatchObject({ channels: ['conda-forge'] });
  });

  it('of conda may be named by an address, with a checksum behind it', () => {
    const url = 'https://example.org/x/noarch/numpy-1.0-py_0.conda';
    const digits = 'ab'.repeat(16);
    expect(read(list(url, `${url}#${digits}`)).conda).toMatchObject({
      specs: [
        { text: url, line: 2 },
        { text: `${url}#${digits}`, line: 3 },
      ],
    });
    expect(read(list('https://example.org/x/linux-64/python-3.12.1-0.conda')).conda).toMatchObject({ kind: 'solve' });
  });

  it.each([
    ['https://example.org/x.conda', 'does not end in platform/name-version-build'],
    ['https://example.org/noarch/x.conda', 'does not end in platform/name-version-build'],
    ['https://example.org/osx-64/x-1-0.conda', 'is for osx-64; images are for linux-64.'],
    ['https://me:secret@example.org/noarch/x-1-0.conda', 'holds a user name'],
    ['https://example.org/t/secret/x/noarch/x-1-0.conda', 'holds a user name, a password or a token'],
    ['https://example.org/noarch/x-1-0.conda#zz', 'has something behind #'],
    ['file:///noarch/x-1-0.conda', 'is not the http address'],
  ])('of conda cannot be named by the address %s', (address, message) => {
    expect(() => read(list('numpy', JSON.stringify(address)))).toThrow(
      expect.objectContaining({
        code: 'DETECT_CONDA_UNSUPPORTED',
        message: expect.stringMatching(/^environment.yml, line 3: /) as string,
      }),
    );
    expect(() => read(list('numpy', JSON.stringify(address)))).toThrow(message);
  });
});

describe('the variables of environment.yml', () => {
  const withVariables = (...lines: readonly string[]) =>
    `variables:\n${lines.map((line) => `  ${line}\n`).join('')}dependencies: [python=3.11]\n`;

  it('are texts as they are written', () => {
    const text = withVariables('A: "a $b"', 'VERSION: 1.10', 'ON: true', 'EMPTY: ""');
    expect(read(text)).toMatchObject({ variables: { A: 'a $b', VERSION: '1.10', ON: 'true', EMPTY: '' } });
    expect(read(text).evidence).toContainEqual({
      file: 'environment.yml',
      used: true,
      because: 'it sets the variables A, VERSION, ON, EMPTY',
    });
  });

  it('leave those of the image alone, which is said', () => {
    const { variables, evidence } = read(withVariables('PATH: /x', 'NB_USER: me', 'GDAL_DATA: /y'));
    expect(variables).toEqual({ GDAL_DATA: '/y' });
    expect(evidence.filter(({ used }) => !used).map(({ because }) => because)).toEqual([
      'its variable PATH belongs to the image and stays as it is',
      'its variable NB_USER belongs to the image and stays as it is',
    ]);
  });

  it.each([
    ['A:', 'the variable "A" must be a text'],
    ['A: [b]', 'the variable "A" must be a text'],
    ['"A B": c', '"A B" is not a name of a variable'],
    ['1A: c', '"1A" is not a name of a variable'],
    ['A: "b\\nc"', 'the variable "A" is longer than 4096 characters or several lines'],
    [`A: ${'b'.repeat(5000)}`, 'the variable "A" is longer'],
  ])('cannot be %.20j', (line, message) => {
    expect(() => read(withVariables(line))).toThrow(`environment.yml, line 2: ${message}`);
  });

  it('are a mapping, or nothing', () => {
    expect(() => read('variables: x\ndependencies: []')).toThrow('line 1: variables must be a mapping');
    expect(read('variables:\ndependencies: []').variables).toBeUndefined();
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
