import { Type, type Static } from 'typebox';

const Hash = Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of the file.' }));
const Name = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._+-]*$' });
const Version = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9.+~:!_-]*$' });
/** One word: it becomes part of a line of requirements. */
const Address = Type.String({ pattern: '^https?://[^\\s;#@]+$' });

const LockedDebian = Type.Object({ name: Name, version: Version, architecture: Name });

/** A Python distribution: of an index unless it says otherwise. */
const LockedPython = Type.Object({
  name: Name,
  version: Version,
  sha256: Hash,
  git: Type.Optional(Address),
  commit: Type.Optional(Type.String({ pattern: '^[0-9a-f]{40,64}$' })),
  archive: Type.Optional(Address),
  subdirectory: Type.Optional(Type.String({ pattern: '^[\\w./-]+$' })),
  local: Type.Optional(Type.Literal(true, { description: 'It is made of the content of the commit.' })),
});

const LockedConda = Type.Object({
  name: Name,
  version: Version,
  build: Type.String(),
  url: Address,
  sha256: Hash,
  md5: Type.Optional(Type.String({ pattern: '^[0-9a-f]{32}$' })),
});

/** What is installed in an image, as the image holds it; in that of a base there is no other base. */
export const InstalledLock = Type.Object({
  version: Type.Literal(1),
  recipe: Type.String(),
  platform: Type.String({ description: 'Operating system and architecture, such as linux/amd64.' }),
  interpreter: Type.Union([Type.String(), Type.Null()], { description: 'Version of the Python of the base.' }),
  base: Type.Optional(
    Type.Object({
      key: Type.String({ description: 'Hash of what the base has installed.' }),
      debian: Type.Array(LockedDebian),
      python: Type.Array(LockedPython),
    }),
  ),
  debian: Type.Array(LockedDebian, { description: 'Debian packages beyond those of the base.' }),
  python: Type.Array(LockedPython, { description: 'Python distributions beyond those of the base, by name.' }),
  r: Type.Optional(
    Type.Array(Type.Object({ name: Name, version: Version }), { description: 'Packages of R that are not Debian’s.' }),
  ),
  conda: Type.Optional(Type.Array(LockedConda, { description: 'The packages of the conda environment, by name.' })),
});
export type InstalledLock = Static<typeof InstalledLock>;

/** What `slipway inspect --lock` prints and `slipway build --locked` builds from. */
export const Lock = Type.Intersect([
  InstalledLock,
  Type.Object({
    wish: Type.String({ description: 'Hash of what the repository asked for when it was built.' }),
    base: Type.Object({ key: Type.String() }),
  }),
]);
export type Lock = Static<typeof Lock>;
