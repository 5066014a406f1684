import { execa } from 'execa';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { steadyBridge } from '../../services/cli/steady-bridge.ts';

const bridge = `steady-${process.pid % 100_000}`;
const said: string[] = [];
const steady = () => steadyBridge((line) => void said.push(line), bridge);
const readAddress = async (): Promise<string> => (await readFile(`/sys/class/net/${bridge}/address`, 'utf8')).trim();

/** What a container's end of the network is to a bridge. */
const plug = (name: string, address: string) =>
  execa('ip', [
    'link',
    'add',
    name,
    'address',
    address,
    'master',
    bridge,
    'type',
    'veth',
    'peer',
    'name',
    `${name}-end`,
  ]);

beforeEach(async () => {
  said.length = 0;
  await execa('ip', ['link', 'add', bridge, 'type', 'bridge']);
});

afterEach(async () => {
  await execa('ip', ['link', 'delete', 'steady-port'], { reject: false });
  await execa('ip', ['link', 'delete', bridge], { reject: false });
});

it('gives a bridge an address that it keeps while containers come and go', async () => {
  await plug('steady-port', '02:00:00:00:00:01');
  expect(await readAddress()).toBe('02:00:00:00:00:01');
  await steady();
  const chosen = await readAddress();
  expect(chosen).toMatch(/^02:42(:[0-9a-f]{2}){4}$/);
  await execa('ip', ['link', 'delete', 'steady-port']);
  await plug('steady-port', '02:00:00:00:00:02');
  expect(await readAddress()).toBe(chosen);
  await steady();
  expect(await readAddress()).toBe(chosen);
  expect(said).toEqual([]);
});

it('leaves a machine alone that has no such bridge', async () => {
  await execa('ip', ['link', 'delete', bridge]);
  await steady();
  expect(said).toEqual([]);
});
