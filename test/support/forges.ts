import type { ForgeHosts } from '../../services/launcher/repo/canonical-repository.ts';

/** The forges of a server without settings. */
export const FORGES: ForgeHosts = { github: 'github.com', gist: 'gist.github.com', gitlab: 'gitlab.com' };
