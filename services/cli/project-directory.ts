import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The directory of this checkout: everything that ships beside the code is found from here. */
export const projectDirectory = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
