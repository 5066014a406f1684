import { describe, expect, it } from 'vitest';
import { followLock, type Edge } from '../../../../services/builder/detect/python/lock-graph.ts';

const follow = (needs: Readonly<Record<string, Readonly<Record<string, Edge['condition']>>>>) =>
  Object.fromEntries(
    followLock(['root'], (id) => Object.entries(needs[id] ?? {}).map(([to, condition]) => ({ to, condition }))),
  );

describe('followLock', () => {
  it('reaches what is needed, and not what is not', () => {
    expect(follow({ root: { a: true, b: false }, a: { c: true }, b: { d: true }, e: { f: true } })).toEqual({
      root: true,
      a: true,
      c: true,
    });
  });

  it('joins the conditions of a way, and the ways to a package', () => {
    expect(follow({ root: { a: 'x', b: 'y' }, a: { c: 'z' }, b: { c: true } })).toMatchObject({ c: 'y or x and z' });
    expect(follow({ root: { a: 'x', c: true }, a: { c: 'z' } })).toMatchObject({ c: true });
  });

  it('ends where packages need each other', () => {
    expect(follow({ root: { a: 'x' }, a: { b: 'y' }, b: { a: 'z', c: true } })).toMatchObject({
      a: expect.stringContaining('x') as string,
      c: expect.stringContaining('x and y') as string,
    });
  });

  it('gives up on conditions where there are too many ways', () => {
    const middle = Array.from({ length: 30 }, (_, index) => `m${index}`);
    const needs = Object.fromEntries(middle.map((id) => [id, { c: true as const }]));
    expect(follow({ root: Object.fromEntries(middle.map((id) => [id, id])), ...needs })).toMatchObject({ c: true });
  });
});
