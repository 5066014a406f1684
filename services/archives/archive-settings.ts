import type { Settings } from '../contracts/settings.ts';

/** Where archives are. */
export type ArchiveSettings = Settings['archives'];
