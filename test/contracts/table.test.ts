import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { Table } from '../../services/contracts/table.ts';

describe('Table', () => {
  it.each(['a', '', 'a\nb', '\u2028', '__proto__'])('checks the value of the key %j', (key) => {
    const table = (value: unknown) => Object.fromEntries([[key, value]]);
    expect(Value.Check(Table(Type.String()), table('text'))).toBe(true);
    expect(Value.Check(Table(Type.String()), table({ a: 1 }))).toBe(false);
  });
});
