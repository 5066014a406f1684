import { findBaseImage } from '../launcher/isolation/find-base-image.ts';
import type { Settings } from '../contracts/settings.ts';
import { connectDockerEngine, type DockerEngine } from '../platform/docker-engine.ts';
import { checkEgress } from './doctor/check-egress.ts';
import { checkClock, checkConfinement, checkDisk, checkRuntime, readEngineInfo } from './doctor/check-engine.ts';
import { checkControlGroups, checkKernel, checkStorage } from './doctor/check-kernel.ts';
import { checkRegistry } from './doctor/check-registry.ts';
import { checkVersions } from './doctor/check-versions.ts';
import { fail, ok, renderFindings, untried, warn, type Finding } from './doctor/finding.ts';
import { environment } from './environment.ts';
import { EXIT_CODES } from './exit-code.ts';
import { readSettings, type SettingsOptions } from './read-settings.ts';

export type DoctorOptions = SettingsOptions & { readonly json: boolean };

const PART = 'engine';

const UNREACHABLE =
  'Check DOCKER_HOST and that the engine runs: docker info. As root on Debian, slipway up installs and starts one.';

const describeBase = (image: string | undefined): Finding =>
  image === undefined
    ? warn('base image', 'there is none yet', 'slipway up makes it, in about a minute.')
    : ok('base image', image);

const checkWithEngine = async (engine: DockerEngine, settings: Settings): Promise<Finding[]> => {
  const info = await readEngineInfo(engine);
  const image = await findBaseImage(engine, settings.imagePrefix).catch(() => undefined);
  return [
    ok(PART, 'answers'),
    ...(await checkVersions(engine)),
    checkKernel(info),
    checkControlGroups(info),
    checkConfinement(info),
    checkStorage(info),
    checkRuntime(info, settings),
    checkClock(info, Date.now()),
    checkDisk(info),
    describeBase(image),
    await checkRegistry(settings),
    ...(await checkEgress(engine, settings, image)),
  ];
};

const checkAll = async (settings: Settings): Promise<Finding[]> => {
  const engine = connectDockerEngine(settings.dockerHost || (environment['DOCKER_HOST'] ?? ''));
  const isThere = await engine.ping().then(
    () => true,
    () => false,
  );
  if (isThere) return checkWithEngine(engine, settings);
  const waiting = ['versions', 'kernel', 'confinement', 'base image', 'egress rules'];
  return [
    fail(PART, 'does not answer', UNREACHABLE),
    await checkRegistry(settings),
    ...waiting.map((part) => untried(part, 'the engine is needed for it')),
  ];
};

/** `slipway doctor`: looks at what Slipway stands on, tries what sessions reach, and says what to do. Changes nothing. */
export const runDoctor = async ({ json, ...options }: DoctorOptions): Promise<void> => {
  const findings = await checkAll(readSettings(options, environment));
  const isWell = findings.every(({ state }) => state !== 'failed');
  process.stdout.write(json ? `${JSON.stringify({ ok: isWell, findings }, null, 2)}\n` : renderFindings(findings));
  if (!isWell) process.exitCode = EXIT_CODES.infrastructure;
};
