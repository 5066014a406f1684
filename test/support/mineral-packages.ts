import type { CranPackage } from './cran-server.ts';

/** Packages of R: minerals needs hardness, and says which version it is. */
export const makeMinerals = (version: string): CranPackage => ({
  name: 'minerals',
  version,
  imports: 'hardness (>= 1.0)',
  code: `quartz <- function() paste("quartz", hardness::scale_of(7), "from ${version}")`,
});

export const HARDNESS: CranPackage = {
  name: 'hardness',
  version: '1.2',
  code: 'scale_of <- function(x) paste0("[", x, "]")',
};
