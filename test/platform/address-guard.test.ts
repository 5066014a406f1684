import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createAddressGuard,
  HostRefusedError,
  HostUnresolvedError,
  isPublicAddress,
} from '../../services/platform/address-guard.ts';

const resolvesTo =
  (...addresses: string[]) =>
  async () =>
    addresses;

describe('isPublicAddress', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '168.63.129.16',
    '100.100.100.200',
    '192.0.0.192',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '203.0.113.9',
    '::1',
    '::',
    'fe80::1',
    'fd00:ec2::254',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:db8::1',
    'not an address',
    '',
  ])('refuses %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(['8.8.8.8', '140.82.121.4', '1.1.1.1', '2606:4700::1111', '2a00:1450:4001::200e'])(
    'accepts %s',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it('never accepts an IPv6 address that carries an IPv4 address', () => {
    fc.assert(fc.property(fc.ipV4(), (address) => !isPublicAddress(`::ffff:${address}`)));
  });
});

describe('createAddressGuard', () => {
  it('gives the addresses to connect to', async () => {
    const guard = createAddressGuard([], resolvesTo('140.82.121.4', '2606:4700::1111'));
    await expect(guard(new URL('https://github.com/a/b'))).resolves.toEqual({
      host: 'github.com',
      port: 443,
      addresses: ['140.82.121.4', '2606:4700::1111'],
    });
  });

  it('refuses a name of which one address is not public', async () => {
    const guard = createAddressGuard([], resolvesTo('140.82.121.4', '127.0.0.1'));
    await expect(guard(new URL('https://rebind.example/'))).rejects.toThrow(HostRefusedError);
  });

  it.each([
    'https://localhost/',
    'https://0177.0.0.1/',
    'https://0x7f000001/',
    'https://127.0.0.1.:443/',
    'https://１２７.0.0.1/',
    'https://①②⑦.⓪.⓪.①/',
    'https://[::]/',
    'https://[::7f00:1]/',
    'https://[0:0:0:0:0:ffff:7f00:1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[64:ff9b:1::a00:1]/',
    'https://[2002:7f00:1::]/',
    'https://[2002:a9fe:a9fe::1]/',
    'https://[fe80::1]/',
    'https://[fd00:ec2::254]/',
    'https://169.254.169.254/latest/meta-data',
    'https://2852039166/',
    'https://0.0.0.0/',
    'git://github.com/a/b',
    'git://github.com:443/a/b',
    'https://github.com./a/b',
    'http://127.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://127.0.0.1:8443/',
    'ssh://github.com/',
    'file:///etc/passwd',
    'http://github.com/',
  ])('refuses %s', async (address) => {
    await expect(createAddressGuard([])(new URL(address))).rejects.toThrow(HostRefusedError);
  });

  it('lets a host through that is named with its port, and only with that port', async () => {
    const guard = createAddressGuard(['127.0.0.1:9000']);
    await expect(guard(new URL('http://127.0.0.1:9000/a'))).resolves.toMatchObject({ port: 9000 });
    await expect(guard(new URL('http://127.0.0.1:9001/a'))).rejects.toThrow(HostRefusedError);
  });

  it('lets a host through on every port when it is named without one', async () => {
    await expect(
      createAddressGuard(['LocalHost'], resolvesTo('127.0.0.1'))(new URL('http://localhost:1/')),
    ).resolves.toBeDefined();
  });

  it.each([
    ['fails', async () => Promise.reject(new Error('SERVFAIL'))],
    ['gives no address', async () => []],
    ['gives what is no address', async () => ['nonsense']],
    ['never answers', () => new Promise<never>(() => undefined)],
  ])('fails closed when the resolver %s', async (_name, resolve: () => Promise<readonly string[]>) => {
    const guard = createAddressGuard([], resolve, 20);
    await expect(guard(new URL('https://name.example/'))).rejects.toMatchObject({
      name: expect.stringMatching(/^Host(Refused|Unresolved)Error$/) as string,
    });
  });

  it('says when a name has no address', async () => {
    await expect(createAddressGuard([])(new URL('https://does-not-exist.invalid/'))).rejects.toThrow(
      HostUnresolvedError,
    );
  });
});
