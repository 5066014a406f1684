import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import type { DockerEngine } from '../../services/platform/docker-engine.ts';
import { createTinyImage } from './docker-engine.ts';

/** Makes a small image whose `jupyter-lab` is the given shell script. */
export const createSessionImage = async (engine: DockerEngine, name: string, script: string): Promise<void> => {
  const tiny = `${name}-tiny`;
  await createTinyImage(tiny);
  const container = await engine.createContainer({ Image: tiny });
  try {
    const archive = pack();
    archive.entry({ name: 'bin/jupyter-lab', mode: 0o755 }, `#!/bin/sh\n${script}\n`);
    archive.finalize();
    await container.putArchive(await buffer(archive), { path: '/' });
    const [repo, tag] = name.split(':');
    await container.commit({ repo, tag });
  } finally {
    await container.remove({ force: true });
  }
};
