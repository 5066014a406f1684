import { ensureTestBase, TEST_IMAGE_PREFIX } from './base-image.ts';
import { connectTestEngine, createImageScope } from './docker-engine.ts';
import { runToEnd } from './slipway-server.ts';

/** An image that commands make, on the base of all tests. */
export type CommandImage = AsyncDisposable & {
  readonly prefix: string;
  readonly image: string;
  readonly slipway: (...args: readonly string[]) => ReturnType<typeof runToEnd>;
};

/** Names an image that no other test has; commands run with `env` beside the prefix of the shared base. */
export const startCommandImage = async (
  name: string,
  env: Readonly<Record<string, string>> = {},
): Promise<CommandImage> => {
  const engine = connectTestEngine();
  await ensureTestBase(engine);
  const scope = createImageScope(engine, name);
  return {
    ...scope,
    image: `${scope.prefix}image:1`,
    slipway: (...args) => runToEnd(args, { SLIPWAY_IMAGE_PREFIX: TEST_IMAGE_PREFIX, ...env }),
  };
};
