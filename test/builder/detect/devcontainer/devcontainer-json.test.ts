import { describe, expect, it } from 'vitest';
import { detect } from '../../../../services/builder/detect/detect.ts';
import { readDevcontainerJson } from '../../../../services/builder/detect/devcontainer/devcontainer-json.ts';
import { createMemoryRepositoryFiles, type RepositoryTable } from '../../../support/memory-repository-files.ts';

const FILE = '.devcontainer/devcontainer.json';
const AROUND = { '.devcontainer/Dockerfile': '', Dockerfile: '', 'dev/Dockerfile': '', outside: { link: '/etc' } };

const read = (text: string) => readDevcontainerJson(createMemoryRepositoryFiles({ ...AROUND, [FILE]: text }), FILE);
const ask = (value: unknown) => read(JSON.stringify(value));

describe('readDevcontainerJson', () => {
  it.each([
    [{ build: { dockerfile: 'Dockerfile' } }, '.devcontainer/Dockerfile', '.devcontainer'],
    [{ build: { dockerfile: '../Dockerfile', context: '..' } }, 'Dockerfile', ''],
    [{ build: { dockerfile: '../dev/Dockerfile', context: '../dev/' } }, 'dev/Dockerfile', 'dev'],
    [{ dockerFile: '../Dockerfile', context: '..' }, 'Dockerfile', ''],
  ])('finds the Dockerfile and the context of %j from its own directory', (value, file, context) => {
    expect(ask(value).source).toEqual({ kind: 'dockerfile', file, context, args: {} });
  });

  it('writes commands for a shell, each word as it is', () => {
    const { commands } = ask({
      image: 'a',
      postCreateCommand: { b: ['echo', "it's", '$HOME'], a: 'echo $HOME\necho 2' },
      onCreateCommand: 'first',
      updateContentCommand: [],
    });
    expect(commands).toEqual(['/bin/sh -c first', `echo 'it'\\''s' '$HOME'`, `/bin/sh -c 'echo $HOME\necho 2'`]);
  });

  it('names what is not used, but not what editors use', () => {
    expect(ask({ name: 'x', image: 'a', features: {}, customizations: {}, remoteUser: 'x' }).unused).toEqual([
      'features',
      'remoteUser',
    ]);
  });

  it.each([
    ['{\n  "image": 1\n}', 2, '"image" must'],
    ['{\n\n  "image": "A b"\n}', 3, '"A b" is not the name of an image'],
    ['{\n "build": {\n "dockerfile": "absent" } }', 3, 'there is no file ".devcontainer/absent"'],
    ['{ "build": { "dockerfile": "/Dockerfile" } }', 1, 'not inside of the repository'],
    ['{ "build": { "dockerfile": "../../Dockerfile" } }', 1, 'not inside of the repository'],
    ['{ "build": { "dockerfile": "Dockerfile",\n "context": "../outside" } }', 2, 'there is no directory "outside"'],
    ['{ "build": { "dockerfile": "../Dockerfile",\n "context": "." } }', 1, 'must be inside of its context'],
    ['{ "build": { "dockerfile": "Dockerfile",\n "target": "a b" } }', 2, 'is not the name of a stage'],
    ['{ "build": { "dockerfile": "Dockerfile", "args": {\n "A": "${localEnv:A}" } } }', 2, 'cannot be set'],
    ['{ "build": { "dockerfile": "Dockerfile", "args": { "a\\nb": {} } } }', 1, 'must be string'],
    ['{ "image": "a", "postCreateCommand": { "a\\nb": [1] } }', 1, 'must'],
    ['{\n "dockerComposeFile": ["a"] }', 2, 'Docker Compose'],
    ['{\n "image": "a"\n "b": 1 }', 3, 'is not JSON'],
    ['', 1, 'is not JSON'],
  ])('refuses %j and says the line', (text, line, message) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({
        code: 'DETECT_DEVCONTAINER_INVALID',
        message: expect.stringMatching(`^${FILE.replaceAll('.', '\\.')}, line ${line}: .*${message}`) as string,
      }),
    );
  });
});

describe('a development container', () => {
  const kindOf = (table: RepositoryTable) =>
    detect(createMemoryRepositoryFiles(table), { pythons: ['3.13'], defaultPython: '3.13' });

  it('is the last resort', () => {
    expect(kindOf({ [FILE]: '{"image": "a"}' }).kind).toBe('devcontainer');
    for (const file of [
      'requirements.txt',
      'environment.yml',
      'install.R',
      'Project.toml',
      'default.nix',
      'binder/apt.txt',
    ])
      expect(kindOf({ [FILE]: 'not JSON', [file]: file === 'environment.yml' ? 'dependencies: []' : '' }).kind).toBe(
        'environment',
      );
  });

  it('is named where another file decides', () => {
    const { evidence } = kindOf({ [FILE]: '{}', 'requirements.txt': '' });
    expect(evidence).toContainEqual({ file: FILE, used: false, because: 'requirements.txt is used instead' });
  });
});
