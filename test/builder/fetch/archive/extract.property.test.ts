import fc from 'fast-check';
import { existsSync } from 'node:fs';
import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix, relative } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pack, type Header } from 'tar-stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { unpack } from '../../../../services/builder/fetch/archive/unpack.ts';
import { SlipwayError } from '../../../../services/contracts/slipway-error.ts';
import { makeZip, type ZipPart } from '../../../support/zip.ts';

const CANARY = 'untouched';

/** Names that lead out, or nearly; `home` is a real directory that they aim at. */
const makeNames = (home: () => string): fc.Arbitrary<string> => {
  const part = fc.constantFrom(
    '..',
    '.',
    '',
    'a',
    'b',
    'A',
    'C:',
    '\\',
    '..\\',
    '\0',
    '__MACOSX',
    'é',
    '\n',
    '~',
    'con',
  );
  // Most are harmless: where every archive has a name that is refused, nothing else is tried.
  return fc.oneof(
    {
      weight: 12,
      arbitrary: fc.constantFrom('a', 'b', 'A', 'c/d', 'c/e/f', 'c/e/', './g', 'h.txt', '__MACOSX/i', 'é'),
    },
    fc.array(part, { maxLength: 5 }).map((parts) => parts.join('/')),
    fc.string({ maxLength: 12 }),
    fc.constantFrom(
      '../new',
      '../../new',
      '../../../new',
      'a/../../new/x',
      '../canary',
      '../../canary',
      'a/../../canary',
      '//canary',
      'a//../..//canary',
    ),
    fc.constantFrom('/canary', '/new').map((name) => `${home()}${name}`),
  );
};

type Outside = { readonly names: readonly string[]; readonly canary: string };

const lookOutside = async (home: string): Promise<Outside> => ({
  names: (await readdir(home)).sort(),
  canary: await readFile(join(home, 'canary'), 'utf8'),
});

/** Where the links below a directory lead that leave it, read as text. */
const findEscapes = async (directory: string): Promise<readonly string[]> => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const escapes = await Promise.all(
    entries.map(async (entry) => {
      if (!entry.isSymbolicLink()) return [];
      const at = relative(directory, entry.parentPath);
      const target = await readlink(join(entry.parentPath, entry.name));
      const found = posix.join(at, target);
      return posix.isAbsolute(target) || found === '..' || found.startsWith('../') ? [`${at} → ${target}`] : [];
    }),
  );
  return escapes.flat();
};

describe('a hostile archive', () => {
  let home = '';
  /** How many archives were unpacked: a test in which all are refused shows little. */
  let unpacked = 0;
  beforeEach(() => {
    unpacked = 0;
  });
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'hostile-'));
    await writeFile(join(home, 'canary'), CANARY);
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  /** Unpacks into home/into/content; true when nothing else was touched and what failed has a code. */
  const isHarmless = async (bytes: Uint8Array, name: string): Promise<boolean> => {
    const into = join(home, 'into');
    await mkdir(into);
    await writeFile(join(into, 'download'), bytes);
    const limits = { maxBytes: 2 ** 20, maxEntries: 50, signal: AbortSignal.timeout(60_000) };
    try {
      const { directory } = await unpack(join(into, 'download'), name, { into: join(into, 'content'), ...limits });
      expect(directory.startsWith(join(into, 'content'))).toBe(true);
      expect((await lstat(directory)).isDirectory()).toBe(true);
      unpacked += 1;
    } catch (error) {
      expect(error).toBeInstanceOf(SlipwayError);
      expect((error as SlipwayError).code).toMatch(/^FETCH_(ARCHIVE_INVALID|TOO_LARGE)$/);
    }
    expect(await findEscapes(into)).toEqual([]);
    expect((await readdir(into)).filter((name) => !['content', 'download'].includes(name))).toEqual([]);
    expect(await lookOutside(home)).toEqual({ names: ['canary', 'into'], canary: CANARY });
    expect([existsSync(join(home, '../new')), existsSync('/new'), existsSync('/canary')]).not.toContain(true);
    await rm(into, { recursive: true });
    return true;
  };

  const names = makeNames(() => home);
  const mode = fc.constantFrom(
    0o100644,
    0o100755,
    0o100600,
    0o100644,
    0o104777,
    0o120777,
    0o040755,
    0o010644,
    0o020666,
    0o140755,
    0,
  );
  const part: fc.Arbitrary<ZipPart> = fc.record(
    {
      name: fc.oneof(names, fc.uint8Array({ maxLength: 8 })),
      data: fc.oneof(names, fc.constantFrom('x', 'x'.repeat(2000))),
      mode,
      host: fc.constantFrom(0, 3, 10, 19, 255),
      flags: fc.constantFrom(0, 0x800, 0, 0x800, 0, 0x800, 0x801, 0x2000, 8),
      method: fc.constantFrom(0, 8, 8, 8, 8, 12),
      crc: fc.constantFrom(0, 1),
      size: fc.constantFrom(0, 1, 2 ** 21, 0xffffffff),
      overlaps: fc.boolean(),
    },
    { requiredKeys: ['name', 'data'] },
  );

  it('case 72: as a zip writes nothing outside', async () => {
    const parts = fc.array(part, { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(parts, (all) => isHarmless(makeZip(all), 'code.zip')),
      { numRuns: 4000 },
    );
    expect(unpacked).toBeGreaterThan(100);
  });

  it('case 72: as a zip with links and files of hostile names writes nothing outside', async () => {
    const plain = fc.record({ name: names, data: names, mode, method: fc.constant(0) });
    const parts = fc.array(plain, { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(parts, (all) => isHarmless(makeZip(all), 'code.zip')),
      { numRuns: 2000 },
    );
    expect(unpacked).toBeGreaterThan(100);
  });

  it('case 72: as a zip whose bytes were changed writes nothing outside', async () => {
    const change = fc.record({
      at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      to: fc.integer({ min: 0, max: 255 }),
    });
    const changed = fc.tuple(fc.array(part, { maxLength: 4 }), fc.array(change, { minLength: 1, maxLength: 8 }));
    const mutate = ([parts, changes]: [ZipPart[], { at: number; to: number }[]]): Buffer => {
      const bytes = makeZip(parts);
      for (const { at, to } of changes) bytes[Math.floor(at * bytes.length)] = to;
      return bytes;
    };
    await fc.assert(
      fc.asyncProperty(changed, (all) => isHarmless(mutate(all), 'code.zip')),
      { numRuns: 2000 },
    );
    expect(unpacked).toBeGreaterThan(100);
  });

  it('case 72: as a tar writes nothing outside', async () => {
    const type = fc.constantFrom<NonNullable<Header['type']>>(
      'file',
      'file',
      'file',
      'directory',
      'symlink',
      'link',
      'fifo',
      'character-device',
    );
    const entry = fc.record({ name: names, type, linkname: names, text: fc.constantFrom('', 'x') });
    const makeTar = async (
      entries: readonly { name: string; type: NonNullable<Header['type']>; linkname: string; text: string }[],
    ) => {
      const tar = pack();
      for (const { text, ...header } of entries) tar.entry(header, header.type === 'file' ? text : '');
      tar.finalize();
      return buffer(tar);
    };
    const entries = fc.array(entry, { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(entries, async (all) => isHarmless(await makeTar(all), 'code.tar')),
      { numRuns: 2000 },
    );
    expect(unpacked).toBeGreaterThan(100);
  });
});
