import type { Sign } from './sign.ts';

/** Programs and headers that a package looks for while it is built, and the Debian packages that have them. */
const LIBRARIES: readonly (readonly [RegExp, string])[] = [
  [/pg_config|libpq-fe\.h/, 'libpq-dev'],
  [/mysql_config|mysqlclient|mysql\.h/, 'default-libmysqlclient-dev pkg-config'],
  [/gdal-config|gdal\.h|gdal_config/, 'libgdal-dev'],
  [/geos-config|geos_c\.h/, 'libgeos-dev'],
  [/libxml2 and libxslt|xml2-config|xslt-config|libxml\/\S+\.h/, 'libxml2-dev libxslt1-dev'],
  [/curl-config|curl\/curl\.h/, 'libcurl4-openssl-dev'],
  [/openssl\/\S+\.h/, 'libssl-dev'],
  [/ffi\.h/, 'libffi-dev'],
  [/portaudio\.h/, 'portaudio19-dev'],
  [/hdf5\.h|h5cc/, 'libhdf5-dev'],
  [/zlib\.h/, 'zlib1g-dev'],
  [/jpeglib\.h/, 'libjpeg-dev'],
  [/Dependency "cairo"|cairo\.h/, 'libcairo2-dev'],
  [/Python\.h/, 'python3-dev'],
];

const COMPILER =
  /command '[^']*(?:gcc|g\+\+|cc|clang)[^']*' failed: No such file|unable to execute '?[^' ]*(?:gcc|g\+\+|cc)|Unknown compiler\(s\)|No such file or directory: '[^']*(?:gcc|g\+\+|\bcc|c\+\+)'|(?:gcc|g\+\+|cc|make): (?:command )?not found|No CMAKE_C(?:XX)?_COMPILER could be found/;

/** What makes the failure of a package one of this kind: it stands behind the sentence that names the package. */
const whenBuilding = (cause: RegExp): RegExp =>
  new RegExp(
    `(?:Failed to (?:build|download and build) \`([^\`]+)\`|The build backend returned an error).*?(?:${cause.source})`,
  );

/** uv does not always say which package its build backend failed with. */
const nameOf = ([, name]: RegExpExecArray): string => (name === undefined ? 'A package' : `The package ${name}`);

/** Why a package could not be compiled, for those causes that apt.txt removes; the most precise first. */
export const COMPILE_SIGNS: readonly Sign[] = [
  ...LIBRARIES.map(([cause, debian]): Sign => ({
    shows: whenBuilding(cause),
    code: 'BUILD_INSTALL_FAILED',
    message: (found) => `${nameOf(found)} could not be built: it needs a library that the image does not have.`,
    hint: `Write ${debian} build-essential into apt.txt, or name a version of the package that need not be built.`,
  })),
  {
    shows: whenBuilding(/(?:gfortran|f95).*?(?:not found|No such file)|Unknown compiler\(s\): \[\['?gfortran/),
    code: 'BUILD_INSTALL_FAILED',
    message: (found) => `${nameOf(found)} must be compiled, and the image has no Fortran compiler.`,
    hint: 'Write build-essential gfortran into apt.txt, or name a version of the package that need not be built.',
  },
  {
    shows: whenBuilding(COMPILER),
    code: 'BUILD_INSTALL_FAILED',
    message: (found) => `${nameOf(found)} must be compiled, and the image has no compiler.`,
    hint: 'Write build-essential into apt.txt, or name a version of the package that need not be built.',
  },
];
