import { execa } from 'execa';
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A network namespace that stands for another machine; this one has routes to its addresses, and nobody else has. */
export type Machine = {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly ports: readonly number[];
};

type Undo = () => Promise<unknown>;

const run = (program: string, ...args: readonly string[]) => execa(program, [...args]);

/** The two ends of the wire to machine number `index`; of the range that is set aside for tests of networks. */
const ends = (index: number): readonly [string, string] => [`198.18.77.${index * 4 + 1}`, `198.18.77.${index * 4 + 2}`];

const addRoute = async (address: string, via: readonly string[], undo: Undo[]): Promise<void> => {
  const route = [address.includes(':') ? '-6' : '-4', 'route'];
  await run('ip', ...route, 'add', address, ...via);
  undo.push(() => run('ip', ...route, 'delete', address, ...via));
};

const connect = async (machine: Machine, index: number, undo: Undo[]): Promise<string> => {
  const namespace = `slipway-test-${machine.name}`;
  const [outer, inner] = [`swt${index}o${process.pid % 10_000}`, `swt${index}i${process.pid % 10_000}`];
  const [here, there] = ends(index);
  await run('ip', 'netns', 'add', namespace);
  undo.push(() => run('ip', 'netns', 'delete', namespace));
  await run('ip', 'link', 'add', outer, 'type', 'veth', 'peer', 'name', inner, 'netns', namespace);
  undo.push(() => run('ip', 'link', 'delete', outer));
  const within = (...args: readonly string[]) => run('ip', '-n', namespace, ...args);
  await run('ip', 'address', 'add', `${here}/30`, 'dev', outer);
  await run('ip', '-6', 'address', 'add', `fd77::${index}:1/112`, 'dev', outer, 'nodad');
  await run('ip', 'link', 'set', outer, 'up');
  await within('address', 'add', `${there}/30`, 'dev', inner);
  await within('-6', 'address', 'add', `fd77::${index}:2/112`, 'dev', inner, 'nodad');
  for (const device of ['lo', inner]) await within('link', 'set', device, 'up');
  await within('route', 'add', 'default', 'via', here);
  await within('-6', 'route', 'add', 'default', 'via', `fd77::${index}:1`);
  for (const address of machine.addresses) {
    const isSix = address.includes(':');
    await within('address', 'add', address, 'dev', 'lo');
    await addRoute(address, ['via', isSix ? `fd77::${index}:2` : there, 'dev', outer], undo);
  }
  return namespace;
};

type Server = { readonly namespace: string; readonly machine: Machine; readonly answer: string };

const serve = async ({ namespace, machine, answer }: Server, undo: Undo[]): Promise<void> => {
  const { ports, addresses } = machine;
  const program = [process.execPath, 'test/support/machines/serve-addresses.ts', ports.join(','), answer, ...addresses];
  const child = spawn('ip', ['netns', 'exec', namespace, ...program], { stdio: ['ignore', 'pipe', 'inherit'] });
  undo.push(async () => {
    child.kill();
    await once(child, 'exit');
  });
  let said = '';
  for await (const chunk of child.stdout) {
    said += String(chunk);
    if (said.split('listening').length > ports.length * addresses.length) return;
  }
  throw new Error(`no server in ${namespace}`);
};

/** Makes the machines; `answer` is what their DNS servers say. At the end nothing of them is left, routes included. */
export const startMachines = async (machines: readonly Machine[], answer: string): Promise<AsyncDisposable> => {
  const undo: Undo[] = [];
  const end = async (): Promise<void> => {
    for (const step of undo.toReversed()) await step();
  };
  try {
    for (const [index, machine] of machines.entries()) {
      const namespace = await connect(machine, index, undo);
      await serve({ namespace, machine, answer }, undo);
    }
    return { [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
};
