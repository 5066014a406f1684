import { ensureTestBase } from './base-image.ts';
import { connectTestEngine } from './docker-engine.ts';

/** Makes the bases of all tests before the first of them, because two files that run at once would make them twice. */
export const setup = async (): Promise<void> => {
  const engine = connectTestEngine();
  for (const python of ['3.13', '3.11']) await ensureTestBase(engine, python);
};
