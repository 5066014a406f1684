import { describe, expect, it } from 'vitest';
import { parseCondaPackage, renderCondaPackage } from '../../../../services/builder/detect/conda/conda-package.ts';

const parse = (text: string) => {
  const found = parseCondaPackage(text, 1);
  return typeof found === 'string' ? found : renderCondaPackage(found);
};

describe('a conda package', () => {
  it.each([
    'numpy',
    'numpy=1.26',
    'numpy =1.26',
    'numpy >=1.20, <2',
    'numpy~=1.26.0',
    'numpy=1.26.4=py311h64a7726_0',
    'blas=*=mkl',
    'blas * *mkl',
    'python=3.10|3.11',
    'python 3.11',
    '_libgcc_mutex=0.1=conda_forge',
    'conda-forge::gdal>=3',
    'conda-forge/label/dev::gdal',
    "numpy[version='>=1.20']",
    'xz=5.2.6=h166bdaf_0',
  ])('%s stays as it is', (text) => {
    expect(parse(text)).toBe(text);
  });

  it.each([
    [' NumPy ', 'numpy'],
    ['defaults::numpy=1', 'numpy=1'],
    ['conda-forge/linux-64::numpy', 'conda-forge::numpy'],
    ['https://conda.anaconda.org/bioconda::samtools', 'bioconda::samtools'],
    ['https://example.org/channel::x', 'https://example.org/channel::x'],
  ])('%s becomes %s', (text, spec) => {
    expect(parse(text)).toBe(spec);
  });

  it.each([
    ['https://example.org/numpy-1-0.conda', 'does not end in platform/name-version-build.conda or .tar.bz2.'],
    ['file:///numpy-1-0.conda', 'is not the http address of a conda package.'],
    ['../x::numpy', 'names a channel that is neither a name nor an http address without a password.'],
    [
      'https://a:b@example.org/x::numpy',
      'names a channel that is neither a name nor an http address without a password.',
    ],
    ['', 'is not a package.'],
    ['=1', 'is not a package.'],
    ['-numpy', 'is not a package.'],
    ['./numpy.conda', 'is not a package.'],
    ['numpy {{ version }}', 'is not a package.'],
    ['numpy; id', 'is not a package.'],
    ['numpy $(id)`id`', 'is not a package.'],
    ['numpy=1\nscipy', 'is not a package.'],
    ['numpy\0', 'is not a package.'],
    [`numpy=${'1.'.repeat(500_000)}`, 'is not a package.'],
  ])('is not %.40j: %s', (text, why) => {
    expect(parse(text)).toBe(why);
  });
});
