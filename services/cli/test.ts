import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { SlipwayError } from '../contracts/slipway-error.ts';
import { createTemporaryDirectory } from '../platform/temporary-directory.ts';
import { environment } from './environment.ts';
import { ensureEngine } from './ensure-engine.ts';
import { ensurePackages } from './ensure-packages.ts';
import { ensureWeb } from './ensure-web.ts';
import { projectDirectory } from './project-directory.ts';
import { readSettings } from './read-settings.ts';
import { reportToTerminal } from './report.ts';

const SUITES = ['check', 'unit', 'property', 'integration', 'e2e'] as const;
type Suite = (typeof SUITES)[number];

/** The projects of vitest that a suite consists of, where they are not the one of its name. */
const PROJECTS: Partial<Record<Suite, readonly string[]>> = { integration: ['integration', 'alone'] };

type VitestAssertion = { readonly status: string; readonly fullName: string };

/** The part of vitest's JSON report that is counted. */
type VitestReport = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly VitestAssertion[] }[];
};

type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number };

const NOTHING: Counts = { passed: 0, failed: 0, skipped: 0 };

const add = (a: Counts, b: Counts): Counts => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

const bin = (name: string): string => join(projectDirectory, 'node_modules', '.bin', name);

const run = (command: string, args: readonly string[], env: NodeJS.ProcessEnv) =>
  execa(command, [...args], { cwd: projectDirectory, stdio: 'inherit', reject: false, env });

const runCheck = async (env: NodeJS.ProcessEnv): Promise<Counts> => {
  const path = `${join(projectDirectory, 'node_modules', '.bin')}:${env['PATH'] ?? ''}`;
  const { exitCode } = await run('npm', ['run', '--silent', 'check'], { ...env, PATH: path });
  return exitCode === 0 ? { ...NOTHING, passed: 1 } : { ...NOTHING, failed: 1 };
};

/** A file that fails to load has no test of its own to fail, so it counts as one. */
const readCounts = (report: VitestReport): Counts => {
  const unloaded = report.testResults.filter(
    (result) => result.status === 'failed' && result.assertionResults.length === 0,
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
};

/** The title of a skipped test says why it was. */
const reportSkips = ({ testResults }: VitestReport): void => {
  for (const { status, fullName } of testResults.flatMap(({ assertionResults }) => assertionResults)) {
    if (!['passed', 'failed'].includes(status)) reportToTerminal(`skipped: ${fullName}`);
  }
};

const runVitest = async (suite: Suite, env: NodeJS.ProcessEnv): Promise<Counts> => {
  await using directory = await createTemporaryDirectory(tmpdir(), 'slipway-test-');
  const output = join(directory.path, 'report.json');
  const projects = (PROJECTS[suite] ?? [suite]).map((project) => `--project=${project}`);
  const args = ['run', ...projects, '--reporter=default', '--reporter=json', `--outputFile.json=${output}`];
  const { exitCode } = await run(process.execPath, [bin('vitest'), ...args], env);
  const report = JSON.parse(readFileSync(output, 'utf8')) as VitestReport;
  reportSkips(report);
  const counts = readCounts(report);
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
};

const UNIT_PROGRAMS = [
  { program: 'git', package: 'git' },
  { program: 'pgrep', package: 'procps' },
  { program: 'redis-server', package: 'redis-server' },
];

const MORE_PROGRAMS = [
  { program: 'mmdebstrap', package: 'mmdebstrap' },
  { program: 'docker-registry', package: 'docker-registry' },
  { program: 'ip', package: 'iproute2' },
  { program: 'iptables', package: 'iptables' },
  { program: 'openssl', package: 'openssl' },
  { program: 'bzip2', package: 'bzip2' },
  { program: 'chromium', package: 'chromium' },
];

const prepare = async (suites: readonly Suite[], env: NodeJS.ProcessEnv): Promise<void> => {
  const options = { report: reportToTerminal, env, code: 'CONFIG_PROGRAM_MISSING' } as const;
  await ensureWeb(reportToTerminal, env);
  await ensurePackages(UNIT_PROGRAMS, options);
  if (!suites.includes('integration') && !suites.includes('e2e')) return;
  await ensurePackages(MORE_PROGRAMS, options);
  await ensureEngine({ settings: readSettings({}, env), env, report: reportToTerminal });
};

const parseSuites = (names: readonly string[]): readonly Suite[] => {
  const unknown = names.find((name) => !(SUITES as readonly string[]).includes(name));
  if (unknown === undefined) return names.length === 0 ? SUITES : SUITES.filter((suite) => names.includes(suite));
  throw new SlipwayError('CONFIG_INVALID', {
    message: `There is no test suite named ${unknown}.`,
    hint: `The suites are ${SUITES.join(', ')}.`,
  });
};

const renderCounts = ({ passed, failed, skipped }: Counts): string =>
  `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;

/** `slipway test`: static checks, then unit, property, integration and browser tests; the last line counts them. */
export const runTest = async (names: readonly string[]): Promise<void> => {
  const env = environment;
  const suites = parseSuites(names);
  await prepare(suites, env);
  let total = NOTHING;
  for (const suite of suites) {
    reportToTerminal(`\n== ${suite} ==`);
    const counts = suite === 'check' ? await runCheck(env) : await runVitest(suite, env);
    total = add(total, counts);
  }
  process.stdout.write(`${renderCounts(total)}\n`);
  if (total.failed > 0 || total.passed === 0) process.exitCode = 1;
};
