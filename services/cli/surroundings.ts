import { readFileSync } from 'node:fs';
import type { BuilderSurroundings } from '../builder/main.ts';
import type { Settings } from '../contracts/settings.ts';
import { SlipwayError } from '../contracts/slipway-error.ts';
import { createAddressGuard } from '../platform/address-guard.ts';
import { createGit } from '../platform/git-command.ts';
import { readProxyVariables } from '../platform/proxy-variables.ts';

/** The certificate authorities that builds trust: those of the setting, else those that this process trusts. */
const readCaBundle = ({ build }: Settings, env: NodeJS.ProcessEnv): string | undefined => {
  const file = build.caBundle || (env['SSL_CERT_FILE'] ?? env['NODE_EXTRA_CA_CERTS'] ?? '');
  if (file === '') return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new SlipwayError('CONFIG_INVALID', {
      message: `The certificate authorities at ${file} cannot be read.`,
      hint: 'Correct build.caBundle, or SSL_CERT_FILE and NODE_EXTRA_CA_CERTS of the environment.',
      cause: error,
    });
  }
};

/** What a builder needs of this machine, read once. */
export const readSurroundings = (
  settings: Settings,
  env: NodeJS.ProcessEnv,
  temporary: string,
): BuilderSurroundings => ({
  git: createGit(env),
  guard: createAddressGuard(settings.allowHosts),
  temporary,
  caBundle: readCaBundle(settings, env),
  proxies: readProxyVariables(env),
});
