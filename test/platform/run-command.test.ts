import { describe, expect, it } from 'vitest';
import { runCommand } from '../../services/platform/run-command.ts';

describe('runCommand', () => {
  it('hands arguments over as they are', async () => {
    const { stdout } = await runCommand('printf', ['%s|', '$(id)', '; ls', "it's"]);
    expect(stdout).toBe("$(id)|; ls|it's|");
  });

  it('gives a failing exit as a result', async () => {
    await expect(runCommand('sh', ['-c', 'echo no >&2; exit 3'])).resolves.toMatchObject({ exitCode: 3, stderr: 'no' });
  });

  it('says when the time was up', async () => {
    await expect(runCommand('sleep', ['30'], { timeoutMs: 50 })).resolves.toMatchObject({ timedOut: true });
  });

  it('throws the reason of an abort', async () => {
    const controller = new AbortController();
    const running = runCommand('sleep', ['30'], { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
  });

  it('ends what the command started, too', async () => {
    const { timedOut } = await runCommand('sh', ['-c', 'sleep 31.4159 & wait'], { timeoutMs: 50 });
    expect(timedOut).toBe(true);
    await expect(runCommand('pgrep', ['--full', 'sleep 31.4159'])).resolves.toMatchObject({ stdout: '' });
  });

  it('passes on only the environment that it was given', async () => {
    const { stdout } = await runCommand('/usr/bin/env', [], { env: { ONLY: 'this' } });
    expect(stdout).toBe('ONLY=this');
  });

  it('takes credentials out of error output', async () => {
    const { stderr } = await runCommand('sh', ['-c', 'echo "cannot read https://me:secret@host/x" >&2']);
    expect(stderr).toBe('cannot read https://host/x');
  });
});
