import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSessionAccess } from '../../../services/launcher/sessions/session-access.ts';
import { createSessionId } from '../../../services/launcher/sessions/session-id.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const [id, other] = ['a'.repeat(26), 'b'.repeat(26)];
const setup = (fill = 1) => {
  const clock = createFakeClock();
  return { clock, keys: createSessionAccess({ secret: Buffer.alloc(32, fill), clock }) };
};

describe('the keys of a session', () => {
  it('follow from the secret alone, and differ by session, purpose and secret', () => {
    const { keys } = setup();
    expect(setup().keys.token(id)).toBe(keys.token(id));
    const all = [keys.token(id), keys.token(other), keys.cookie(id), keys.cookie(other), setup(2).keys.token(id)];
    expect(new Set(all).size).toBe(5);
    for (const key of all) expect(key).toMatch(/^[\w-]{43}$/);
  });

  it('know their cookie', () => {
    const { keys } = setup();
    expect(keys.isCookie(id, keys.cookie(id))).toBe(true);
    for (const wrong of [keys.cookie(other), keys.token(id), '', 'é']) expect(keys.isCookie(id, wrong)).toBe(false);
  });

  it('open once with an entry code, within a minute', async () => {
    const { keys, clock } = setup();
    const [first, second] = [keys.createEntryCode(id), keys.createEntryCode(id)];
    expect(first).not.toBe(second);
    expect([await keys.redeemEntryCode(id, first), await keys.redeemEntryCode(id, first)]).toEqual([true, false]);
    clock.advance(59_999);
    expect(await keys.redeemEntryCode(id, first)).toBe(false);
    expect(await keys.redeemEntryCode(id, second)).toBe(true);
    const third = keys.createEntryCode(id);
    clock.advance(60_001);
    expect(await keys.redeemEntryCode(id, third)).toBe(false);
  });

  it('do not open for another session, nor with a code of an earlier process, which may be used up', async () => {
    const { keys, clock } = setup();
    const code = keys.createEntryCode(id);
    expect(await keys.redeemEntryCode(other, code)).toBe(false);
    clock.advance(1);
    const restarted = createSessionAccess({ secret: Buffer.alloc(32, 1), clock });
    expect(await restarted.redeemEntryCode(id, code)).toBe(false);
    expect(await keys.redeemEntryCode(id, code)).toBe(true);
  });

  it('do not open with anything else', async () => {
    const { keys } = setup();
    const code = keys.createEntryCode(id);
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.nat(code.length - 1)), async (attempt) => {
        const changed = (at: number) => code.slice(0, at) + (code[at] === 'x' ? 'y' : 'x') + code.slice(at + 1);
        const wrong = typeof attempt === 'string' ? attempt : changed(attempt);
        expect(await keys.redeemEntryCode(id, wrong)).toBe(false);
      }),
    );
  });
});

describe('a session id', () => {
  it('is 26 letters and digits, never twice the same', () => {
    const ids = Array.from({ length: 1000 }, createSessionId);
    expect(new Set(ids).size).toBe(1000);
    for (const each of ids) expect(each).toMatch(/^[a-z2-7]{26}$/);
  });
});
