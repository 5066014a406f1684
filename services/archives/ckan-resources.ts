import { Type, type Static } from 'typebox';
import { parseChecksum, type ArchiveRecord, type RecordFile } from './archive-record.ts';
import { decodePart } from './decode-part.ts';

const Nullable = <T extends Parameters<typeof Type.Optional>[0]>(type: T) =>
  Type.Optional(Type.Union([type, Type.Null()]));

export const CkanResource = Type.Object({
  id: Type.String(),
  url: Nullable(Type.String()),
  /** A number, or a number in quotes, or what somebody typed. */
  size: Nullable(Type.Union([Type.Number(), Type.String()])),
  hash: Nullable(Type.String()),
  /** `upload` for what the CKAN itself has; anything else is a link to another place. */
  url_type: Nullable(Type.String()),
  state: Nullable(Type.String()),
});
type CkanResource = Static<typeof CkanResource>;

/** The name is the end of the address, else the id, which is never empty or a path. */
const chooseName = (url: URL, id: string): string => {
  const name = decodePart(url.pathname.split('/').at(-1) ?? '');
  return name === '' || name === '.' || name === '..' || /[/\\\0]/.test(name) ? id : name;
};

/** `data.csv` → `data-2.csv`, or the next number that nobody has. */
const chooseFreeName = (name: string, taken: ReadonlySet<string>): string => {
  const [, stem = name, suffix = ''] = /^(.+?)((?:\.tar)?\.[^.]*)$/.exec(name) ?? [];
  let free = name;
  for (let number = 2; taken.has(free); number += 1) free = `${stem}-${number}${suffix}`;
  return free;
};

/** What a link leads to may have changed since it was described; what was uploaded may not. */
const describe = ({ size, hash, url_type }: CkanResource): Pick<RecordFile, 'size' | 'checksum'> => {
  if (url_type !== 'upload') return {};
  const bytes = Number(size ?? Number.NaN);
  return { size: Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined, checksum: parseChecksum(hash) };
};

const parseUrl = (address: string | null | undefined, base: string): URL | undefined => {
  const url = URL.canParse(address ?? '', base) ? new URL(address ?? '', base) : undefined;
  return address && /^https?:$/.test(url?.protocol ?? '') ? url : undefined;
};

/** The files of a dataset under the ends of their addresses, each name once: later ones get a number. */
export const listCkanFiles = (
  resources: readonly CkanResource[],
  base: string,
): Pick<ArchiveRecord, 'files' | 'omitted'> => {
  const files: RecordFile[] = [];
  const omitted: string[] = [];
  const taken = new Set<string>();
  for (const resource of resources) {
    const { id, state, url: address } = resource;
    const url = parseUrl(address, base);
    if (url === undefined) omitted.push(`the resource ${id} has no http address`);
    else if ((state ?? 'active') !== 'active') omitted.push(`the resource ${id} is a ${state}`);
    else {
      const name = chooseFreeName(chooseName(url, id), taken);
      taken.add(name);
      files.push({ name, url, ...describe(resource) });
    }
  }
  return { files, omitted };
};
