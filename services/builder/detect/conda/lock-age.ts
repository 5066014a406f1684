import { satisfies, valid } from '@renovatebot/pep440';
import type { RequirementSet } from '../detection.ts';
import { parsePythonSpec } from './conda-python.ts';

/** A package that a file asks for: its name and, where known, the versions that will do, as conda writes them. */
export type Asked = { readonly name: string; readonly spec: string };

/** Names, normalised, and versions of everything that a lock has. */
export type Locked = ReadonlyMap<string, string>;

const normalise = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-');

export const makeLocked = (packages: readonly { readonly name: string; readonly version: string }[]): Locked =>
  new Map(packages.map(({ name, version }) => [normalise(name), version]));

/** Whether the version is surely none of those asked for; what is not understood is let be. */
const isOutside = (version: string, spec: string): boolean => {
  const alternatives = spec.trim() === '' ? undefined : parsePythonSpec(spec);
  if (alternatives === undefined || !valid(version)) return false;
  return !alternatives.some((constraints) => constraints.every((one) => one === '' || satisfies(version, one)));
};

/** The requirements of a set by name; those with a marker may be for another platform. */
export const askedOf = ({ files }: RequirementSet): readonly Asked[] =>
  files.flatMap(({ role, lines }) =>
    lines.flatMap((line) => {
      if (role !== 'requirements' || line.kind !== 'requirement' || line.text.includes(';')) return [];
      const [name] = /^[a-z0-9][\w.-]*(?![\w.-]|:\/\/|\+)/i.exec(line.text) ?? [];
      return name === undefined ? [] : [{ name, spec: '' }];
    }),
  );

/** What shows that a lock is older than the file that it locks, as a part of a sentence; undefined when nothing does. */
export const explainAge = (asked: readonly Asked[], locked: Locked): string | undefined => {
  for (const { name, spec } of asked) {
    const version = locked.get(normalise(name));
    if (version === undefined) return `it asks for ${name}, which the lock does not have`;
    if (isOutside(version, spec)) return `it asks for ${name}${spec.trimEnd()}, and the lock has ${version}`;
  }
  return undefined;
};
